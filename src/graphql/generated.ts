import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Identity as IdentityModel, IdentityHolder as IdentityHolderModel } from '../identity/identity.ts';
import type { IdentityAudit as IdentityAuditModel } from '../identity/audit.ts';
import type { IdentityConnection as IdentityConnectionModel, IdentityEdge as IdentityEdgeModel } from '../identity/connection.ts';
import type { IdentityChange as IdentityChangeModel, IdentityChangeConnection as IdentityChangeConnectionModel, IdentityChangeEdge as IdentityChangeEdgeModel } from '../identity/identity-change.ts';
import type { MutationPayload as MutationPayloadModel } from '../identity/writes/payload.ts';
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

/** Who is to be shut out. */
export type DeactivateIdentityInput = {
  /** The identity's global id. */
  readonly id: Scalars['ID']['input'];
};

/** What became of shutting somebody out. */
export type DeactivateIdentityPayload = {
  readonly __typename?: 'DeactivateIdentityPayload';
  /** Why it was not, or not wholly, done; empty when all is well. */
  readonly errors: ReadonlyArray<IdentityError>;
  /** Null: only a creation has one. */
  readonly idempotencyKey: Maybe<Scalars['ID']['output']>;
  /** As its source has it afterwards; an archived one still says who it was. */
  readonly identity: Maybe<Identity>;
  /** What became of it. */
  readonly outcome: IdentityMutationOutcome;
};

/** Who is to be deleted. */
export type DeleteIdentityInput = {
  /** The account's e-mail address, to be sure; letter case does not matter. */
  readonly confirmEmail: Scalars['String']['input'];
  /** The identity's global id. */
  readonly id: Scalars['ID']['input'];
};

/** What became of a deletion. */
export type DeleteIdentityPayload = {
  readonly __typename?: 'DeleteIdentityPayload';
  /** Why it was not, or not wholly, done; empty when all is well. */
  readonly errors: ReadonlyArray<IdentityError>;
  /** Null: only a creation has one. */
  readonly idempotencyKey: Maybe<Scalars['ID']['output']>;
  /** Who it was. */
  readonly identity: Maybe<Identity>;
  /** What became of it. */
  readonly outcome: IdentityMutationOutcome;
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

/** What an audit has found. Counts are whole; lists are cut at `limit`. Only what is selected is looked for, all of it at one moment of the directory. */
export type IdentityAudit = {
  readonly __typename?: 'IdentityAudit';
  /** When the oldest of the whole sweeps began that this goes by: who came or went since may not be in it. */
  readonly asOf: Maybe<Scalars['DateTime']['output']>;
  /** Whether every source that was asked about was read from end to end, with everybody's address and status, and none is doubted for lacking too many accounts at once. If not, there may be other orphans, and some of these or of the missing may be none: a source whose first sweep is still under way counts as having nobody. */
  readonly complete: Scalars['Boolean']['output'];
  /** The first of them, in the order of addresses. Whoever may audit sees these addresses; the identities behind them need identity:read:pii. */
  readonly inSeveralSources: ReadonlyArray<IdentityHolder>;
  /** How many addresses identities of more than one source have, in whatever state. */
  readonly inSeveralSourcesCount: Scalars['Int']['output'];
  /** The first of them, as they were given and in that order. Where `complete` is false they may be too many. */
  readonly missing: ReadonlyArray<Scalars['String']['output']>;
  /** How many of `activeEmails` no identity has, in whatever state; those that are given several times count once. */
  readonly missingCount: Scalars['Int']['output'];
  /** How many active identities have an address that is not among `activeEmails`. */
  readonly orphanCount: Scalars['Int']['output'];
  /** The first of them: by source, then by address. */
  readonly orphans: ReadonlyArray<Identity>;
  /** The sources that were asked about; `asOf` is when the last whole sweep of it began. */
  readonly sources: ReadonlyArray<IdentitySourceState>;
  /** The first of them: by source, then by the source's own id. */
  readonly withoutEmail: ReadonlyArray<Identity>;
  /** How many active identities have no e-mail address at all. */
  readonly withoutEmailCount: Scalars['Int']['output'];
};

/** What is held against the sources. */
export type IdentityAuditInput = {
  /** The addresses of everybody who should have an account, in any letter case: 20,000 at most. One that is given again counts once; a malformed one is refused by its index. */
  readonly activeEmails: ReadonlyArray<Scalars['String']['input']>;
  /** How many of each list to give at most: 0 to 5,000, 1,000 if left out. */
  readonly limit?: InputMaybe<Scalars['Int']['input']>;
  /** The sources to look at; all of them if left out. */
  readonly sources?: InputMaybe<ReadonlyArray<IdentitySource>>;
};

/** Something that was found to have happened to one account. */
export type IdentityChange = {
  readonly __typename?: 'IdentityChange';
  /** The names of the fields that changed, as in Identity; no values. Empty for PROVISIONED and GONE. */
  readonly fields: ReadonlyArray<Scalars['String']['output']>;
  /** The account as it is known now, not as it was then; null when it is gone, and always for GONE. */
  readonly identity: Maybe<Identity>;
  /** The identity's global id. */
  readonly identityId: Scalars['ID']['output'];
  /** What happened. */
  readonly kind: IdentityChangeKind;
  /** When this was seen. The account may have changed before, and several changes between two looks are one. */
  readonly observedAt: Scalars['DateTime']['output'];
  /** The source that holds the account, or held it. */
  readonly source: IdentitySource;
  /** The source's own id. */
  readonly sourceId: Scalars['ID']['output'];
};

/** A page of changes. */
export type IdentityChangeConnection = {
  readonly __typename?: 'IdentityChangeConnection';
  /** The changes of this page, each with its cursor. */
  readonly edges: ReadonlyArray<IdentityChangeEdge>;
  /** The place behind the newest change of all. Whoever takes it before they walk through `identities`, and then goes on behind it, misses nothing. */
  readonly latestCursor: Scalars['String']['output'];
  /** The changes of this page. */
  readonly nodes: ReadonlyArray<IdentityChange>;
  /** Where this page stands in the log. `endCursor` is never null: on an empty page it is where the page would begin. */
  readonly pageInfo: PageInfo;
};

/** A change in a page. */
export type IdentityChangeEdge = {
  readonly __typename?: 'IdentityChangeEdge';
  /** The place behind this change, to go on from. */
  readonly cursor: Scalars['String']['output'];
  /** The change. */
  readonly node: IdentityChange;
};

/** What can happen to an account. */
export type IdentityChangeKind =
  /** Its status became ARCHIVED; other fields may have changed with it. */
  | 'ARCHIVED'
  /** Its status became INACTIVE; other fields may have changed with it. */
  | 'DEACTIVATED'
  /** Its source is proven not to have it any more. */
  | 'GONE'
  /** It was not known before, or had been gone. */
  | 'PROVISIONED'
  /** Its status became ACTIVE again; other fields may have changed with it. */
  | 'REACTIVATED'
  /** Some fields changed, and none of the other kinds says it. */
  | 'UPDATED';

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

/** Why something was not done. */
export type IdentityError = {
  readonly __typename?: 'IdentityError';
  /** For programs. */
  readonly code: IdentityErrorCode;
  /** For people. It never repeats what was sent, nor what the source said. */
  readonly message: Scalars['String']['output'];
  /** Where in the arguments it lies, such as `input`, `email`; null where it lies in none of them. */
  readonly path: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};

/** Why something was not done. */
export type IdentityErrorCode =
  /** Somebody else changed the account; `identity` is as it stands. */
  | 'CONFLICT'
  /** Somebody in the same source has the e-mail address. */
  | 'EMAIL_TAKEN'
  /** The source gave only a part of the account, and a part cannot be put back without wiping the rest. */
  | 'INCOMPLETE_RECORD'
  /** The input does not fit. Nothing was asked of the source. */
  | 'INVALID_INPUT'
  /** The source has no such account. */
  | 'NOT_FOUND'
  /** The source does not grant it to this server's credentials; the message says what to ask for. */
  | 'NOT_GRANTED'
  /** The source cannot do this. */
  | 'NOT_SUPPORTED'
  /** It may have been done. */
  | 'OUTCOME_UNKNOWN'
  /** The account owns the keys with which this server works. */
  | 'PROTECTED'
  /** The source did not take it. */
  | 'REJECTED_BY_SOURCE'
  /** This server is not set to do this. */
  | 'WRITES_DISABLED';

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
  /** Only where each of these words, ten at most, begins a word of a name, or the address. Needs the synced directory. */
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

/** What became of a mutation. */
export type IdentityMutationOutcome =
  /** It was done. */
  | 'APPLIED'
  /** A part of it was done, or it was done while somebody else changed the same account; `errors` say what is amiss. */
  | 'PARTIAL'
  /** It was not done; `errors` say why. */
  | 'REJECTED'
  /** There was nothing to do, and nothing was written. */
  | 'UNCHANGED'
  /** It may have been done, and that could not be found out. A creation is asked about again with its `idempotencyKey`. */
  | 'UNKNOWN';

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

/** Where changes begin. Each waits for its answer from the source; 10 seconds are the limit for all of one request. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Shuts somebody out: LEGACY by its status, SITE_PARTNER by archiving, which cannot be undone. */
  readonly deactivateIdentity: Maybe<DeactivateIdentityPayload>;
  /** Deletes an account for good. LEGACY only, and off unless the server allows it (setting LEGACY_DELETE). */
  readonly deleteIdentity: Maybe<DeleteIdentityPayload>;
  /** Creates a LEGACY account: POST, then a PUT for what POST does not take. Nothing is deleted to undo a part. */
  readonly provisionLegacyIdentity: Maybe<ProvisionLegacyIdentityPayload>;
  /** Creates a SITE_PARTNER account. */
  readonly provisionSitePartnerIdentity: Maybe<ProvisionSitePartnerIdentityPayload>;
  /** Lets somebody in again. LEGACY only. */
  readonly reactivateIdentity: Maybe<ReactivateIdentityPayload>;
  /** Changes the given fields of an account and leaves all others as they are. */
  readonly updateIdentity: Maybe<UpdateIdentityPayload>;
};


/** Where changes begin. Each waits for its answer from the source; 10 seconds are the limit for all of one request. */
export type MutationDeactivateIdentityArgs = {
  input: DeactivateIdentityInput;
};


/** Where changes begin. Each waits for its answer from the source; 10 seconds are the limit for all of one request. */
export type MutationDeleteIdentityArgs = {
  input: DeleteIdentityInput;
};


/** Where changes begin. Each waits for its answer from the source; 10 seconds are the limit for all of one request. */
export type MutationProvisionLegacyIdentityArgs = {
  input: ProvisionLegacyIdentityInput;
};


/** Where changes begin. Each waits for its answer from the source; 10 seconds are the limit for all of one request. */
export type MutationProvisionSitePartnerIdentityArgs = {
  input: ProvisionSitePartnerIdentityInput;
};


/** Where changes begin. Each waits for its answer from the source; 10 seconds are the limit for all of one request. */
export type MutationReactivateIdentityArgs = {
  input: ReactivateIdentityInput;
};


/** Where changes begin. Each waits for its answer from the source; 10 seconds are the limit for all of one request. */
export type MutationUpdateIdentityArgs = {
  input: UpdateIdentityInput;
};

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

/** Who is to be created in LEGACY. */
export type ProvisionLegacyIdentityInput = {
  /** The address to sign in with; nobody in LEGACY may have it yet, in any letter case. */
  readonly email: Scalars['String']['input'];
  /** The given name. */
  readonly firstName: Scalars['String']['input'];
  /** A text of the caller's choosing that names this creation for 24 hours; best a random one. */
  readonly idempotencyKey?: InputMaybe<Scalars['ID']['input']>;
  /** The family name. */
  readonly lastName: Scalars['String']['input'];
  /** The locale, in the source's own word. */
  readonly locale?: InputMaybe<Scalars['String']['input']>;
  /** The first password. If left out a strong one is made, sent and forgotten: then it has to be reset to sign in. */
  readonly password?: InputMaybe<Scalars['String']['input']>;
  /** The role, in the source's own word. */
  readonly role?: InputMaybe<Scalars['String']['input']>;
  /** The time zone, such as `Europe/Lisbon`. */
  readonly timezone?: InputMaybe<Scalars['String']['input']>;
};

/** What became of a creation in LEGACY. */
export type ProvisionLegacyIdentityPayload = {
  readonly __typename?: 'ProvisionLegacyIdentityPayload';
  /** Why it was not, or not wholly, done; empty when all is well. */
  readonly errors: ReadonlyArray<IdentityError>;
  /** Names this creation, given or made: a call with the same key finds out what became of it, and never creates again. */
  readonly idempotencyKey: Maybe<Scalars['ID']['output']>;
  /** Who was created; under EMAIL_TAKEN, who has the address. */
  readonly identity: Maybe<Identity>;
  /** What became of it. */
  readonly outcome: IdentityMutationOutcome;
};

/** Who is to be created in SITE_PARTNER. */
export type ProvisionSitePartnerIdentityInput = {
  /** The address; nobody in SITE_PARTNER may have it yet, in any letter case. */
  readonly email: Scalars['String']['input'];
  /** The given name. */
  readonly firstName?: InputMaybe<Scalars['String']['input']>;
  /** A text of the caller's choosing that names this creation for 24 hours; best a random one. */
  readonly idempotencyKey?: InputMaybe<Scalars['ID']['input']>;
  /** The family name. */
  readonly lastName?: InputMaybe<Scalars['String']['input']>;
  /** The site partner that the account is to belong to; it cannot be changed later. */
  readonly partnerId: Scalars['ID']['input'];
};

/** What became of a creation in SITE_PARTNER. */
export type ProvisionSitePartnerIdentityPayload = {
  readonly __typename?: 'ProvisionSitePartnerIdentityPayload';
  /** Why it was not, or not wholly, done; empty when all is well. */
  readonly errors: ReadonlyArray<IdentityError>;
  /** Names this creation, given or made: a call with the same key finds out what became of it, and never creates again. */
  readonly idempotencyKey: Maybe<Scalars['ID']['output']>;
  /** Who was created; under EMAIL_TAKEN, who has the address. */
  readonly identity: Maybe<Identity>;
  /** What became of it. */
  readonly outcome: IdentityMutationOutcome;
};

/** Where reads begin. */
export type Query = {
  readonly __typename?: 'Query';
  /** Every identity of every source as one walk: LEGACY first, then SITE_PARTNER; the oldest account first, or live each in its upstream's own order. */
  readonly identities: Maybe<IdentityConnection>;
  /** One identity by its global id; null when its source has no such account. */
  readonly identity: Maybe<Identity>;
  /** Who is there beside those who should be: the accounts of the sources against a list of the addresses in use, for instance the identity provider's. Needs the synced directory. */
  readonly identityAudit: Maybe<IdentityAudit>;
  /** One identity by the id that its source gave it; null when the source has no such account. */
  readonly identityBySource: Maybe<Identity>;
  /** What syncing and writes found to have happened, oldest first, each change once. Needs the synced directory. */
  readonly identityChanges: Maybe<IdentityChangeConnection>;
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
export type QueryIdentityAuditArgs = {
  input: IdentityAuditInput;
};


/** Where reads begin. */
export type QueryIdentityBySourceArgs = {
  source: IdentitySource;
  sourceId: Scalars['ID']['input'];
};


/** Where reads begin. */
export type QueryIdentityChangesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Where reads begin. */
export type QueryIdentityHolderArgs = {
  email: Scalars['String']['input'];
};

/** Who is to be let in again. */
export type ReactivateIdentityInput = {
  /** The identity's global id. */
  readonly id: Scalars['ID']['input'];
};

/** What became of letting somebody in again. */
export type ReactivateIdentityPayload = {
  readonly __typename?: 'ReactivateIdentityPayload';
  /** Why it was not, or not wholly, done; empty when all is well. */
  readonly errors: ReadonlyArray<IdentityError>;
  /** Null: only a creation has one. */
  readonly idempotencyKey: Maybe<Scalars['ID']['output']>;
  /** As its source has it afterwards; where it was refused, as it is, if that is known. */
  readonly identity: Maybe<Identity>;
  /** What became of it. */
  readonly outcome: IdentityMutationOutcome;
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

/** What is to be changed. What is left out stays; null clears role, timezone and locale, and is refused elsewhere. */
export type UpdateIdentityInput = {
  /** The new address. */
  readonly email?: InputMaybe<Scalars['String']['input']>;
  /** Refuse with CONFLICT unless this is still the identity's `updatedAt`. */
  readonly expectedUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The new given name. */
  readonly firstName?: InputMaybe<Scalars['String']['input']>;
  /** The identity's global id. */
  readonly id: Scalars['ID']['input'];
  /** The new family name. */
  readonly lastName?: InputMaybe<Scalars['String']['input']>;
  /** The new locale. LEGACY only. */
  readonly locale?: InputMaybe<Scalars['String']['input']>;
  /** The new role. LEGACY only. */
  readonly role?: InputMaybe<Scalars['String']['input']>;
  /** The new time zone. LEGACY only. */
  readonly timezone?: InputMaybe<Scalars['String']['input']>;
};

/** What became of a change. */
export type UpdateIdentityPayload = {
  readonly __typename?: 'UpdateIdentityPayload';
  /** Why it was not, or not wholly, done; empty when all is well. */
  readonly errors: ReadonlyArray<IdentityError>;
  /** Null: only a creation has one. */
  readonly idempotencyKey: Maybe<Scalars['ID']['output']>;
  /** As its source has it afterwards; where it was refused, as it is, if that is known. */
  readonly identity: Maybe<Identity>;
  /** What became of it. */
  readonly outcome: IdentityMutationOutcome;
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
  DeactivateIdentityInput: DeactivateIdentityInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  DeactivateIdentityPayload: ResolverTypeWrapper<MutationPayloadModel>;
  DeleteIdentityInput: DeleteIdentityInput;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  DeleteIdentityPayload: ResolverTypeWrapper<MutationPayloadModel>;
  EmailAddress: ResolverTypeWrapper<Scalars['EmailAddress']['output']>;
  Identity: ResolverTypeWrapper<IdentityModel>;
  IdentityAudit: ResolverTypeWrapper<IdentityAuditModel>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  IdentityAuditInput: IdentityAuditInput;
  IdentityChange: ResolverTypeWrapper<IdentityChangeModel>;
  IdentityChangeConnection: ResolverTypeWrapper<IdentityChangeConnectionModel>;
  IdentityChangeEdge: ResolverTypeWrapper<IdentityChangeEdgeModel>;
  IdentityChangeKind: IdentityChangeKind;
  IdentityConnection: ResolverTypeWrapper<IdentityConnectionModel>;
  IdentityEdge: ResolverTypeWrapper<IdentityEdgeModel>;
  IdentityError: ResolverTypeWrapper<IdentityError>;
  IdentityErrorCode: IdentityErrorCode;
  IdentityFilter: IdentityFilter;
  IdentityHolder: ResolverTypeWrapper<IdentityHolderModel>;
  IdentityMutationOutcome: IdentityMutationOutcome;
  IdentityOrder: IdentityOrder;
  IdentityOrderDirection: IdentityOrderDirection;
  IdentityOrderField: IdentityOrderField;
  IdentitySource: IdentitySource;
  IdentitySourceState: ResolverTypeWrapper<SourceStateModel>;
  IdentitySourceStatus: IdentitySourceStatus;
  IdentityStatus: IdentityStatus;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  ProvisionLegacyIdentityInput: ProvisionLegacyIdentityInput;
  ProvisionLegacyIdentityPayload: ResolverTypeWrapper<MutationPayloadModel>;
  ProvisionSitePartnerIdentityInput: ProvisionSitePartnerIdentityInput;
  ProvisionSitePartnerIdentityPayload: ResolverTypeWrapper<MutationPayloadModel>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReactivateIdentityInput: ReactivateIdentityInput;
  ReactivateIdentityPayload: ResolverTypeWrapper<MutationPayloadModel>;
  SitePartner: ResolverTypeWrapper<SitePartner>;
  SitePartnerNetwork: ResolverTypeWrapper<SitePartnerNetwork>;
  UpdateIdentityInput: UpdateIdentityInput;
  UpdateIdentityPayload: ResolverTypeWrapper<MutationPayloadModel>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  DeactivateIdentityInput: DeactivateIdentityInput;
  ID: Scalars['ID']['output'];
  DeactivateIdentityPayload: MutationPayloadModel;
  DeleteIdentityInput: DeleteIdentityInput;
  String: Scalars['String']['output'];
  DeleteIdentityPayload: MutationPayloadModel;
  EmailAddress: Scalars['EmailAddress']['output'];
  Identity: IdentityModel;
  IdentityAudit: IdentityAuditModel;
  Boolean: Scalars['Boolean']['output'];
  Int: Scalars['Int']['output'];
  IdentityAuditInput: IdentityAuditInput;
  IdentityChange: IdentityChangeModel;
  IdentityChangeConnection: IdentityChangeConnectionModel;
  IdentityChangeEdge: IdentityChangeEdgeModel;
  IdentityConnection: IdentityConnectionModel;
  IdentityEdge: IdentityEdgeModel;
  IdentityError: IdentityError;
  IdentityFilter: IdentityFilter;
  IdentityHolder: IdentityHolderModel;
  IdentityOrder: IdentityOrder;
  IdentitySourceState: SourceStateModel;
  Mutation: Record<PropertyKey, never>;
  PageInfo: PageInfo;
  ProvisionLegacyIdentityInput: ProvisionLegacyIdentityInput;
  ProvisionLegacyIdentityPayload: MutationPayloadModel;
  ProvisionSitePartnerIdentityInput: ProvisionSitePartnerIdentityInput;
  ProvisionSitePartnerIdentityPayload: MutationPayloadModel;
  Query: Record<PropertyKey, never>;
  ReactivateIdentityInput: ReactivateIdentityInput;
  ReactivateIdentityPayload: MutationPayloadModel;
  SitePartner: SitePartner;
  SitePartnerNetwork: SitePartnerNetwork;
  UpdateIdentityInput: UpdateIdentityInput;
  UpdateIdentityPayload: MutationPayloadModel;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeactivateIdentityPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeactivateIdentityPayload'] = ResolversParentTypes['DeactivateIdentityPayload']> = {
  errors?: Resolver<ReadonlyArray<ResolversTypes['IdentityError']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentityMutationOutcome'], ParentType, ContextType>;
};

export type DeleteIdentityPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteIdentityPayload'] = ResolversParentTypes['DeleteIdentityPayload']> = {
  errors?: Resolver<ReadonlyArray<ResolversTypes['IdentityError']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentityMutationOutcome'], ParentType, ContextType>;
};

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

export type IdentityAuditResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityAudit'] = ResolversParentTypes['IdentityAudit']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  inSeveralSources?: Resolver<ReadonlyArray<ResolversTypes['IdentityHolder']>, ParentType, ContextType>;
  inSeveralSourcesCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  missing?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  missingCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  orphanCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  orphans?: Resolver<ReadonlyArray<ResolversTypes['Identity']>, ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['IdentitySourceState']>, ParentType, ContextType>;
  withoutEmail?: Resolver<ReadonlyArray<ResolversTypes['Identity']>, ParentType, ContextType>;
  withoutEmailCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type IdentityChangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityChange'] = ResolversParentTypes['IdentityChange']> = {
  fields?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  identityId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['IdentityChangeKind'], ParentType, ContextType>;
  observedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['IdentitySource'], ParentType, ContextType>;
  sourceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type IdentityChangeConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityChangeConnection'] = ResolversParentTypes['IdentityChangeConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['IdentityChangeEdge']>, ParentType, ContextType>;
  latestCursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<ResolversTypes['IdentityChange']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type IdentityChangeEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityChangeEdge'] = ResolversParentTypes['IdentityChangeEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['IdentityChange'], ParentType, ContextType>;
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

export type IdentityErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdentityError'] = ResolversParentTypes['IdentityError']> = {
  code?: Resolver<ResolversTypes['IdentityErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
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

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  deactivateIdentity?: Resolver<Maybe<ResolversTypes['DeactivateIdentityPayload']>, ParentType, ContextType, RequireFields<MutationDeactivateIdentityArgs, 'input'>>;
  deleteIdentity?: Resolver<Maybe<ResolversTypes['DeleteIdentityPayload']>, ParentType, ContextType, RequireFields<MutationDeleteIdentityArgs, 'input'>>;
  provisionLegacyIdentity?: Resolver<Maybe<ResolversTypes['ProvisionLegacyIdentityPayload']>, ParentType, ContextType, RequireFields<MutationProvisionLegacyIdentityArgs, 'input'>>;
  provisionSitePartnerIdentity?: Resolver<Maybe<ResolversTypes['ProvisionSitePartnerIdentityPayload']>, ParentType, ContextType, RequireFields<MutationProvisionSitePartnerIdentityArgs, 'input'>>;
  reactivateIdentity?: Resolver<Maybe<ResolversTypes['ReactivateIdentityPayload']>, ParentType, ContextType, RequireFields<MutationReactivateIdentityArgs, 'input'>>;
  updateIdentity?: Resolver<Maybe<ResolversTypes['UpdateIdentityPayload']>, ParentType, ContextType, RequireFields<MutationUpdateIdentityArgs, 'input'>>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ProvisionLegacyIdentityPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProvisionLegacyIdentityPayload'] = ResolversParentTypes['ProvisionLegacyIdentityPayload']> = {
  errors?: Resolver<ReadonlyArray<ResolversTypes['IdentityError']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentityMutationOutcome'], ParentType, ContextType>;
};

export type ProvisionSitePartnerIdentityPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProvisionSitePartnerIdentityPayload'] = ResolversParentTypes['ProvisionSitePartnerIdentityPayload']> = {
  errors?: Resolver<ReadonlyArray<ResolversTypes['IdentityError']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentityMutationOutcome'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  identities?: Resolver<Maybe<ResolversTypes['IdentityConnection']>, ParentType, ContextType, Partial<QueryIdentitiesArgs>>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType, RequireFields<QueryIdentityArgs, 'id'>>;
  identityAudit?: Resolver<Maybe<ResolversTypes['IdentityAudit']>, ParentType, ContextType, RequireFields<QueryIdentityAuditArgs, 'input'>>;
  identityBySource?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType, RequireFields<QueryIdentityBySourceArgs, 'source' | 'sourceId'>>;
  identityChanges?: Resolver<Maybe<ResolversTypes['IdentityChangeConnection']>, ParentType, ContextType, Partial<QueryIdentityChangesArgs>>;
  identityHolder?: Resolver<Maybe<ResolversTypes['IdentityHolder']>, ParentType, ContextType, RequireFields<QueryIdentityHolderArgs, 'email'>>;
  identitySources?: Resolver<Maybe<ReadonlyArray<ResolversTypes['IdentitySourceState']>>, ParentType, ContextType>;
};

export type ReactivateIdentityPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReactivateIdentityPayload'] = ResolversParentTypes['ReactivateIdentityPayload']> = {
  errors?: Resolver<ReadonlyArray<ResolversTypes['IdentityError']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentityMutationOutcome'], ParentType, ContextType>;
};

export type SitePartnerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SitePartner'] = ResolversParentTypes['SitePartner']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SitePartnerNetworkResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SitePartnerNetwork'] = ResolversParentTypes['SitePartnerNetwork']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type UpdateIdentityPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateIdentityPayload'] = ResolversParentTypes['UpdateIdentityPayload']> = {
  errors?: Resolver<ReadonlyArray<ResolversTypes['IdentityError']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  identity?: Resolver<Maybe<ResolversTypes['Identity']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentityMutationOutcome'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  DateTime?: GraphQLScalarType;
  DeactivateIdentityPayload?: DeactivateIdentityPayloadResolvers<ContextType>;
  DeleteIdentityPayload?: DeleteIdentityPayloadResolvers<ContextType>;
  EmailAddress?: GraphQLScalarType;
  Identity?: IdentityResolvers<ContextType>;
  IdentityAudit?: IdentityAuditResolvers<ContextType>;
  IdentityChange?: IdentityChangeResolvers<ContextType>;
  IdentityChangeConnection?: IdentityChangeConnectionResolvers<ContextType>;
  IdentityChangeEdge?: IdentityChangeEdgeResolvers<ContextType>;
  IdentityConnection?: IdentityConnectionResolvers<ContextType>;
  IdentityEdge?: IdentityEdgeResolvers<ContextType>;
  IdentityError?: IdentityErrorResolvers<ContextType>;
  IdentityHolder?: IdentityHolderResolvers<ContextType>;
  IdentitySourceState?: IdentitySourceStateResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  ProvisionLegacyIdentityPayload?: ProvisionLegacyIdentityPayloadResolvers<ContextType>;
  ProvisionSitePartnerIdentityPayload?: ProvisionSitePartnerIdentityPayloadResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ReactivateIdentityPayload?: ReactivateIdentityPayloadResolvers<ContextType>;
  SitePartner?: SitePartnerResolvers<ContextType>;
  SitePartnerNetwork?: SitePartnerNetworkResolvers<ContextType>;
  UpdateIdentityPayload?: UpdateIdentityPayloadResolvers<ContextType>;
};

