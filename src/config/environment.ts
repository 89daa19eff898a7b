import { fileSecret, type Secret } from './secret.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/** Reads settings one by one and gathers what is wrong with them, each fault with its variable and what would be right. */
export class Environment {
  readonly faults: string[] = []
  /** Those that were read. */
  readonly secrets: Secret[] = []
  readonly #variables: Variables
  readonly #monotonicNow: () => number

  constructor(variables: Variables, monotonicNow: () => number) {
    this.#variables = variables
    this.#monotonicNow = monotonicNow
  }

  /** Undefined when it is not set; an empty value counts as not set. */
  text(name: string): string | undefined {
    return this.#variables[name]?.trim() || undefined
  }

  isSet(name: string): boolean {
    return this.text(name) !== undefined || this.text(`${name}_FILE`) !== undefined
  }

  choice<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const value = this.text(name)
    if (value === undefined) return choices[0]
    const chosen = choices.find((choice) => choice === value)
    if (chosen === undefined) this.faults.push(`${name} is one of: ${choices.join(', ')}.`)
    return chosen ?? choices[0]
  }

  port(name: string, fallback: number): number {
    const value = this.text(name)
    if (value === undefined) return fallback
    const isPort = /^\d{1,5}$/.test(value) && Number(value) <= 65_535
    if (!isPort) this.faults.push(`${name} is a number from 0 to 65535.`)
    return isPort ? Number(value) : fallback
  }

  /** Without a slash at the end. Plain HTTP would show our credentials to the network, so it is for loopback only. */
  url(name: string, fallback: string): string {
    const value = this.text(name) ?? fallback
    const url = URL.parse(value)
    const isSafe = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
    if (!isSafe || url.username || url.password || url.search || url.hash) {
      this.faults.push(
        `${name} is an https URL without credentials, query or fragment (http only for 127.0.0.1 or localhost).`,
      )
    }
    return value.replace(/\/+$/, '')
  }

  /** From NAME or, read again whenever it changes, from the file that NAME_FILE names. */
  secret(name: string): Secret | undefined {
    const secret = this.#secret(name)
    // `$NEW,$OLD` with neither of them set.
    if (secret) this.secrets.push(secret)
    if (secret && /^[,\s]+$/.test(secret())) this.faults.push(`${name} holds nothing but commas.`)
    return secret
  }

  #secret(name: string): Secret | undefined {
    const value = this.text(name)
    const file = this.text(`${name}_FILE`)
    if (value !== undefined && file !== undefined) {
      this.faults.push(`${name} and ${name}_FILE are both set; one of them is enough.`)
    }
    if (value !== undefined) return () => value
    if (file === undefined) return undefined
    try {
      return fileSecret(file, this.#monotonicNow)
    } catch {
      this.faults.push(`${name}_FILE names a file that can be read and is not empty.`)
      return () => ''
    }
  }
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)
}
