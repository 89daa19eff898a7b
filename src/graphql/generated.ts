import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Identity as IdentityModel, IdentityHolder as IdentityHolderModel } from '../identity/identity.ts';
import type { IdentityConnection as IdentityConnectionModel, IdentityEdge as IdentityEdgeModel } from '../identity/connection.ts';
import type { SourceState as SourceStateModel } from '../identity/source-states.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant, as RFC 3339 text in UTC. */
  DateTime: { input: Date; output: Date | string; }
  /** An e-mail address as its source has it. A malformed one is shown, not refused. */
  EmailAddress: { input: string; output: string; }
  _FieldSet: { input: string; output: string; }
};

/** One account in one source. Two accounts are never merged: those that share an e-mail meet in their holder. */
export type Identity = {
  readonly __typename?: 'Identity';
  /** When this was read from its source. */
  readonly asOf: Scalars['DateTime']['output'];
  /** When the source created the account. */
  readonly createdAt: Maybe<Scalars['DateTime']['output']>;
  /** The names there are, joined by a space; null when there is none. */
  readonly displayName: Maybe<Scalars['String']['output']>;
  /** As the source has it; null where the source has none, as for an archived SITE_PARTNER account. */
  readonly email: Maybe<Scalars['EmailAddress']['output']>;
  /** The given name, as the source has it. */
  readonly firstName: Maybe<Scalars['String']['output']>;
  /** The holder of this e-mail address, with the identities of every source; null without an e-mail. */
  readonly holder: Maybe<IdentityHolder>;
  /** `legacy:<sourceId>` or `site-partner:<sourceId>`: stable, and other subgraphs can make it themselves. */
  readonly id: Scalars['ID']['output'];
  /** The family name, as the source has it. */
  readonly lastName: Maybe<Scalars['String']['output']>;
  /** The locale. LEGACY only. */
  readonly locale: Maybe<Scalars['String']['output']>;
  /** The network of the account. SITE_PARTNER only. */
  readonly network: Maybe<SitePartnerNetwork>;
  /** The site partner that the account belongs to. SITE_PARTNER only. */
  readonly partner: Maybe<SitePartner>;
  /** The role. LEGACY only. */
  readonly role: Maybe<Scalars['String']['output']>;
  /** The source that holds the account. */
  readonly source: IdentitySource;
  /** The source's own id. */
  readonly sourceId: Scalars['ID']['output'];
  /** The upstream's own word for the state; null where it has no such word. */
  readonly sourceStatus: Maybe<Scalars['String']['output']>;
  /** The state of the account, in terms shared by all sources. */
  readonly status: IdentityStatus;
  /** The time zone. LEGACY only. */
  readonly timezone: Maybe<Scalars['String']['output']>;
  /** When the source last changed the account. */
  readonly updatedAt: Maybe<Scalars['DateTime']['output']>;
};

/** A page of identities. */
export type IdentityConnection = {
  readonly __typename?: 'IdentityConnection';
  /** False when a source that this page needed did not answer, only under `allowPartial`; `hasNextPage` then speaks of the others. */
  readonly complete: Scalars['Boolean']['output'];
  /** The identities of this page, each with its cursor. */
  readonly edges: ReadonlyArray<IdentityEdge>;
  /** The identities of this page. */
  readonly nodes: ReadonlyArray<Identity>;
  /** Where this page stands in the walk. */
  readonly pageInfo: PageInfo;
  /** The sources that this page needed. */
  readonly sources: ReadonlyArray<IdentitySourceState>;
  /** How many identities the whole walk has; null unless that is known, and it is not known live. */
  readonly totalCount: Maybe<Scalars['Int']['output']>;
};

/** An identity in a page. */
export type IdentityEdge = {
  readonly __typename?: 'IdentityEdge';
  /** The place behind this identity, to go on from. */
  readonly cursor: Scalars['String']['output'];
  /** The identity. */
  readonly node: Identity;
};

/** Which identities to walk. Every part that is given must hold. */
export type IdentityFilter = {
  /** Only accounts created at or after this instant. Needs the synced directory. */
  readonly createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only accounts created before this instant. Needs the synced directory. */
  readonly createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** Only this e-mail address, in any letter case. Needs the synced directory. */
  readonly email?: InputMaybe<Scalars['String']['input']>;
  /** Only addresses of this domain. Needs the synced directory. */
  readonly emailDomain?: InputMaybe<Scalars['String']['input']>;
  /** Only this network. Needs the synced directory. */
  readonly networkId?: InputMaybe<Scalars['ID']['input']>;
  /** Only this site partner. Needs the synced directory. */
  readonly partnerId?: InputMaybe<Scalars['ID']['input']>;
  /** Only this role. Needs the synced directory. */
  readonly role?: InputMaybe<Scalars['String']['input']>;
  /** Only where a name or the address has this text. Needs the synced directory. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  /** Only this source. */
  readonly source?: InputMaybe<IdentitySource>;
  /** Only these states. Needs the synced directory. */
  readonly status?: InputMaybe<ReadonlyArray<IdentityStatus>>;
  /** Only accounts changed at or after this instant. Needs the synced directory. */
  readonly updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Whoever holds an e-mail address. Sharing an address proves nothing: e-mail can change and can be taken over. */
export type IdentityHolder = {
  readonly __typename?: 'IdentityHolder';
  /** The address in lower case. */
  readonly email: Scalars['EmailAddress']['output'];
  /** The identities with this address; an empty list when nobody has it. */
  readonly identities: Maybe<ReadonlyArray<Identity>>;
};

/** An order to walk in; who lacks the field comes last. */
export type IdentityOrder = {
  /** Upwards or downwards. */
  readonly direction: IdentityOrderDirection;
  /** What to order by. */
  readonly field: IdentityOrderField;
};

/** The direction of an order. */
export type IdentityOrderDirection =
  /** From the smallest. */
  | 'ASC'
  /** From the greatest. */
  | 'DESC';

/** What identities can be ordered by. */
export type IdentityOrderField =
  /** When the account was created. */
  | 'CREATED_AT'
  /** The e-mail address. */
  | 'EMAIL'
  /** The display name. */
  | 'NAME'
  /** When the account was last changed. */
  | 'UPDATED_AT';

/** The REST APIs that hold accounts. */
export type IdentitySource =
  /** The Partnerize user API. */
  | 'LEGACY'
  /** Lynkwell's site partner users. */
  | 'SITE_PARTNER';

/** What is known of one source. */
export type IdentitySourceState = {
  readonly __typename?: 'IdentitySourceState';
  /** When that was seen; null if the source was not asked yet. */
  readonly asOf: Maybe<Scalars['DateTime']['output']>;
  /** The code of the error, where the last call failed. */
  readonly code: Maybe<Scalars['String']['output']>;
  /** The source. */
  readonly source: IdentitySource;
  /** Its state when it was last asked. */
  readonly state: IdentitySourceStatus;
};

/** The state of a source. */
export type IdentitySourceStatus =
  /** This server has no credentials for it. */
  | 'NOT_CONFIGURED'
  /** It answered. */
  | 'OK'
  /** It asked for fewer calls. */
  | 'THROTTLED'
  /** It refused our credentials. */
  | 'UNAUTHORIZED'
  /** It did not answer, or not with what was asked for. */
  | 'UNAVAILABLE'
  /** It was not asked yet. */
  | 'UNKNOWN';

/** The state of an account. */
export type IdentityStatus =
  /** In use. */
  | 'ACTIVE'
  /** Put away for good. */
  | 'ARCHIVED'
  /** Switched off, and can be switched on again. */
  | 'INACTIVE'
  /** The source says a word that this subgraph does not know, or none. */
  | 'UNKNOWN';

/** Where a page stands in its walk. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The cursor of the last item; null on an empty page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
  /** Whether there is at least one more behind this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is something before this page. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item; null on an empty page. */
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** Where reads begin. */
export type Query = {
  readonly __typename?: 'Query';
  /** Every identity of every source as one walk: LEGACY first, then SITE_PARTNER, each in its upstream's own order. */
  readonly identities: Maybe<IdentityConnection>;
  /** One identity by its global id; null when its source has no such account. */
  readonly identity: Maybe<Identity>;
  /** One identity by the id that its source gave it; null when the source has no such account. */
  readonly identityBySource: Maybe<Identity>;
  /** Everyone's identities behind one e-mail address; null when nobody has it. */
  readonly identityHolder: Maybe<IdentityHolder>;
  /** What is known of each source's state. Asking calls no upstream. */
  readonly identitySources: Maybe<ReadonlyArray<IdentitySourceState>>;
};


/** Where reads begin. */
export type QueryIdentitiesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  allowPartial?: InputMaybe<Scalars['Boolean']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<IdentityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<IdentityOrder>;
};


/** Where reads begin. */
export type QueryIdentityArgs = {
  id: Scalars['ID']['input'];
};


/** Where reads begin. */
export type QueryIdentityBySourceArgs = {
  source: IdentitySource;
  sourceId: Scalars['ID']['input'];
};


/** Where reads begin. */
export type QueryIdentityHolderArgs = {
  email: Scalars['String']['input'];
};

/** A site partner, to which SITE_PARTNER accounts belong. */
export type SitePartner = {
  readonly __typename?: 'SitePartner';
  /** The site partner's id at its source. */
  readonly id: Scalars['ID']['output'];
};

/** A network of site partners, to which SITE_PARTNER accounts belong. */
export type SitePartnerNetwork = {
  readonly __typename?: 'SitePartnerNetwork';
  /** The network's id at its source. */
  readonly id: Scalars['ID']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Identity: Identity;
  IdentityHolder: IdentityHolder;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Identity:
    ( { __typename: 'Identity' }
    & GraphQLRecursivePick<FederationTypes['Identity'], {"id":true}> );
  IdentityHolder:
    ( { __typename: 'IdentityHolder' }
    & GraphQLRecursivePick<FederationTypes['IdentityHolder'], {"email":true}> );
};



/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  EmailAddress: ResolverTypeWrapper<Scalars['EmailAddress']['output']>;
  Identity: ResolverTypeWrapper<IdentityModel>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  IdentityConnection: ResolverTypeWrapper<IdentityConnectionModel>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  IdentityEdge: ResolverTypeWrapper<IdentityEdgeModel>;
  IdentityFilter: IdentityFilter;
  IdentityHolder: ResolverTypeWrapper<IdentityHolderModel>;
  IdentityOrder: IdentityOrder;
  IdentityOrderDirection: IdentityOrderDirection;
  IdentityOrderField: IdentityOrderField;
  IdentitySource: IdentitySource;
  IdentitySourceState: ResolverTypeWrapper<SourceStateModel>;
  IdentitySourceStatus: IdentitySourceStatus;
  IdentityStatus: IdentityStatus;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  SitePartner: ResolverTypeWrapper<SitePartner>;
  SitePartnerNetwork: ResolverTypeWrapper<SitePartnerNetwork>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  EmailAddress: Scalars['EmailAddress']['output'];
  Identity: IdentityModel;
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  IdentityConnection: IdentityConnectionModel;
  Boolean: Scalars['Boolean']['output'];
  Int: Scalars['Int']['output'];
  IdentityEdge: IdentityEdgeModel;
  IdentityFilter: IdentityFilter;
  IdentityHolder: IdentityHolderModel;
  IdentityOrder: IdentityOrder;
  IdentitySourceState: SourceStateModel;
  PageInfo: PageInfo;
  Query: Record<PropertyKey, never>;
  SitePartner: SitePartner;
  SitePartnerNetwork: SitePartnerNetwork;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface EmailAddressScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['EmailAddress'], any> {
  name: 'EmailAddress';
}

export type IdentityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Identity'] = ResolversParentTypes['Identity'], FederationReferenceType extends FederationReferenceTypes['Identity'] = FederationReferenceTypes['Identity']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Identity']> | FederationReferenceType, FederationReferenceType, ContextType>;
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  displayName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['EmailAddress']>, ParentType, ContextType>;
  firstName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  holder?: Resolver<Maybe<ResolversTypes['IdentityHolder']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  locale?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  network?: Resolver<Maybe<ResolversTypes['SitePartnerNetwork']>, ParentType, ContextType>;
  partner?: Resolver<Maybe<ResolversTypes['SitePartner']>, ParentType, ContextType>;
  role?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['IdentitySource'], ParentType, ContextType>;
  sourceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sourceStatus?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['IdentityStatus'], ParentType, ContextType>;
  timezone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type IdentityConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityConnection'] = ResolversParentTypes['IdentityConnection']> = {
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<ResolversTypes['IdentityEdge']>, ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['Identity']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['IdentitySourceState']>, ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type IdentityEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityEdge'] = ResolversParentTypes['IdentityEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Identity'], ParentType, ContextType>;
};

export type IdentityHolderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityHolder'] = ResolversParentTypes['IdentityHolder'], FederationReferenceType extends FederationReferenceTypes['IdentityHolder'] = FederationReferenceTypes['IdentityHolder']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['IdentityHolder']> | FederationReferenceType, FederationReferenceType, ContextType>;
  email?: Resolver<ResolversTypes['EmailAddress'], ParentType, ContextType>;
  identities?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Identity']>>, ParentType, ContextType>;
};

export type IdentitySourceStateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentitySourceState'] = ResolversParentTypes['IdentitySourceState']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['IdentitySource'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['IdentitySourceStatus'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  identities?: Resolver<Maybe<ResolversTypes['IdentityConnection']>, ParentType, ContextType, Partial<QueryIdentitiesArgs>>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType, RequireFields<QueryIdentityArgs, 'id'>>;
  identityBySource?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType, RequireFields<QueryIdentityBySourceArgs, 'source' | 'sourceId'>>;
  identityHolder?: Resolver<Maybe<ResolversTypes['IdentityHolder']>, ParentType, ContextType, RequireFields<QueryIdentityHolderArgs, 'email'>>;
  identitySources?: Resolver<Maybe<ReadonlyArray<ResolversTypes['IdentitySourceState']>>, ParentType, ContextType>;
};

export type SitePartnerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SitePartner'] = ResolversParentTypes['SitePartner']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SitePartnerNetworkResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SitePartnerNetwork'] = ResolversParentTypes['SitePartnerNetwork']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  DateTime?: GraphQLScalarType;
  EmailAddress?: GraphQLScalarType;
  Identity?: IdentityResolvers<ContextType>;
  IdentityConnection?: IdentityConnectionResolvers<ContextType>;
  IdentityEdge?: IdentityEdgeResolvers<ContextType>;
  IdentityHolder?: IdentityHolderResolvers<ContextType>;
  IdentitySourceState?: IdentitySourceStateResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  SitePartner?: SitePartnerResolvers<ContextType>;
  SitePartnerNetwork?: SitePartnerNetworkResolvers<ContextType>;
};

