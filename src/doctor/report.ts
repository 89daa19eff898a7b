import { hasFailed, type Finding, type Result } from './findings.ts'

const WIDTH = 120
const GAP = '  '
const HEADINGS = ['source', 'check', 'result', 'what was seen'] as const

/** The table and, as the last line, the sum. Plain text: it reads the same in a terminal, a file and a CI log. */
export function formatReport(findings: readonly Finding[]): string {
  const cells = findings.map(({ source, check, result }) => [source, check, result])
  const widths = [0, 1, 2].map((column) => Math.max(...[HEADINGS, ...cells].map((row) => row[column]?.length ?? 0)))
  const pad = (row: readonly string[]): string =>
    widths.map((width, column) => (row[column] ?? '').padEnd(width) + GAP).join('')
  const textWidth = WIDTH - pad([]).length

  const lines = findings.flatMap(({ seen, advice }, index) => {
    const text = [...wrap(seen, textWidth), ...(advice === undefined ? [] : wrap(`-> ${advice}`, textWidth))]
    return text.map((line, part) => pad(part === 0 ? (cells[index] ?? []) : []) + line)
  })
  const heading = pad(HEADINGS) + HEADINGS[3]
  return [heading, '-'.repeat(heading.length), ...lines, '', summary(findings), ''].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const count = (result: Result): number => findings.filter((finding) => finding.result === result).length
  const sum = `${count('ok')} ok, ${count('warn')} warn, ${count('FAIL')} FAIL, ${count('skip')} skip`
  return `${hasFailed(findings) ? 'Not fit to run' : 'Fit to run'}: ${sum}.`
}

/** Breaks between words; a word longer than the line stands alone. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
