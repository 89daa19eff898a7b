import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly allowScripts: Readonly<Record<string, boolean>>
}

interface LockedPackage {
  readonly license?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly hasInstallScript?: boolean
  readonly link?: boolean
}

const ROOT = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')
const readManifest = (folder: string): Manifest => JSON.parse(read(`${folder}package.json`)) as Manifest

/** Every package that the lock holds but the root, with its path there. */
function readLock(folder: string): [path: string, LockedPackage][] {
  const { packages } = JSON.parse(read(`${folder}package-lock.json`)) as { packages: Record<string, LockedPackage> }
  return Object.entries(packages).filter(([path]) => path !== '')
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

const quotedIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')

/** Licences that ask for nothing but that they be named. */
const FREE = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  '(MIT AND BSD-3-Clause)',
]
/** More of them, for what never runs beside the product. */
const FREE_IN_DEVELOPMENT = new Set([...FREE, 'MPL-2.0', 'Python-2.0', 'CC-BY-4.0', '(MIT OR Apache-2.0)'])
const ELASTIC = ['@apollo/composition', '@apollo/federation-internals', '@apollo/query-graphs']

/**
 * Binaries of three tools for machines other than ours. The lock was made against a registry that lacks some of them, and
 * they were added by hand so that `npm ci` works on those machines; there is nothing to take their integrity from.
 */
const isBinaryForOthers = (path: string, { dev, optional, os }: LockedPackage): boolean =>
  /^node_modules\/@(?:oxfmt|oxlint|oxlint-tsgolint)\/[\w-]+$/.test(path) &&
  dev === true &&
  optional === true &&
  os !== undefined

describe.each(['', 'test/gateways/'])('the packages locked in %j', (folder) => {
  const manifest = readManifest(folder)
  const lock = readLock(folder)

  test('have a checksum each, and come from no address of their own', () => {
    expect(lock.length).toBeGreaterThan(100)
    const unchecked = lock.filter(
      ([path, locked]) => !locked.integrity?.startsWith('sha512-') && !isBinaryForOthers(path, locked),
    )
    expect(unchecked.map(([path]) => path)).toEqual([])
    expect(lock.filter(([, { resolved, link }]) => resolved !== undefined || link).map(([path]) => path)).toEqual([])
    expect(read(`${folder}.npmrc`)).toContain('omit-lockfile-registry-resolved=true')
    expect(read(`${folder}.npmrc`)).not.toMatch(/registry\s*=|_auth|token/i)
  })

  test('run scripts at their installation only where each is named, and allowed or refused', () => {
    const withScripts = lock.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path))
    expect(Object.keys(manifest.allowScripts).toSorted()).toEqual([...new Set(withScripts)].toSorted())
    const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name])
    // It brings the Node that everything runs on.
    expect(allowed).toEqual(folder === '' ? ['node'] : [])
  })
})

describe('licences', () => {
  const lock = readLock('')

  test('of all that runs in production ask for nothing but a name', () => {
    const others = lock.filter(([, { dev, license }]) => !dev && !FREE.includes(license ?? 'none'))
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
  })

  test('of tools are free as well, or Elastic for those that compose', () => {
    const others = lock.filter(([path, { dev, license = 'none' }]) => {
      const isElastic = license === 'Elastic-2.0' && ELASTIC.includes(nameOf(path))
      return dev && !isElastic && !FREE_IN_DEVELOPMENT.has(license)
    })
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([])
  })

  test('that are Elastic are for development only', () => {
    const elastic = lock.filter(([, { license }]) => license === 'Elastic-2.0')
    expect(elastic.map(([path]) => nameOf(path)).toSorted()).toEqual(ELASTIC)
    expect(elastic.every(([, { dev }]) => dev)).toBe(true)
  })
})

describe('direct dependencies', () => {
  const { dependencies, devDependencies = {} } = readManifest('')
  const [, text = ''] = read('src/README.md').split('## Dependencies')
  const [table = '', tools = ''] = text.split('For development:')
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, names = '', licence = '', why = '']) => ({ names: quotedIn(names), licence, why }))

  test('are few', () => {
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(15)
  })

  test('are each in the table of src/README.md, with licence and reason, and nothing else is', () => {
    expect(rows.flatMap(({ names }) => names).toSorted()).toEqual(Object.keys(dependencies).toSorted())
    const locked = new Map(readLock(''))
    for (const { names, licence, why } of rows) {
      expect(new Set(names.map((name) => locked.get(`node_modules/${name}`)?.license))).toEqual(new Set([licence]))
      expect(why.length).toBeGreaterThan(5)
    }
  })

  test('for development are each named below it', () => {
    const named = quotedIn(tools)
    const isNamed = (name: string): boolean =>
      named.some((each) => each === name || (each.endsWith('/*') && name.startsWith(each.slice(0, -1))))
    expect(Object.keys(devDependencies).filter((name) => !isNamed(name))).toEqual([])
  })

  test('that break in minor versions are pinned', () => {
    expect(dependencies['@apollo/subgraph']).toMatch(/^\d+\.\d+\.\d+$/)
  })
})
