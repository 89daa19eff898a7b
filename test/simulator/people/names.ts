import type { Random } from './random.ts'

type Names = readonly [string, ...string[]]

const FIRST =
  `Aaliyah Adriana Aiko Alejandro Amara Amélie Amir Anders Anika Anya Arjun Astrid Ayodele Beatriz Björn Carlos
Catriona Chidi Chloé Daniela Darius Diego Ebba Eirini Elif Emeka Esther Fatima Felix Fiona Gabriela Giulia Hana Hugo
Imani Ines Isla Ivan Jamal Jasmin João Jonas José Julia Kaito Karim Katarina Keiko Kwame Leila Liam Linnéa Lucía Luka
Magnus Malik Margot Mateo Maya Mehmet Mina Naomi Nia Nikolai Noor Oliver Omar Oscar Padma Paolo Petra Priya Rafael Rania
Renée Rosa Ruben Samir Sanna Sara Sébastien Selma Siobhán Sofia Tariq Thandiwe Théo Tomás Uma Vera Viktor Wanjiru Wei
Yara Yuki Yusuf Zainab Zoë`.split(/\s+/) as unknown as Names

const LAST = `Abbott Adeyemi Ahmed Almeida Andersen Aziz Baker Baptiste Bauer Bianchi Bouchard Brennan Campbell Castillo
Chanda Chen Conti Costa Dalton Demir Diallo Dubois Eriksson Farouk Fernández Fischer Fontaine Fraser Garcia Gomes Gupta
Haddad Hansen Hassan Herrera Horvat Ibrahim Ivanova Jansen Jiménez Johansson Kaplan Kaya Kim Kimura Kowalski Kumar Laine
Larsen Lindqvist Lopes MacLeod Mahmoud Marino Mbeki Mendes Meyer Moreau Müller Mwangi Nakamura Ndiaye Nguyen Novák Núñez
O'Brien O'Sullivan Okonkwo Olsen Osei Park Patel Pereira Popescu Quinn Rahman Ramos Reyes Ricci Rousseau Sato Schneider
Sharma Sørensen Suzuki Takahashi Torres Tremblay Vargas Vasquez Virtanen Walsh Weber Yamamoto Yılmaz Zhang
Zieliński`.split(/\s+/) as unknown as Names

// Reserved for examples: mail to these reaches nobody.
const DOMAINS: Names = ['example.com', 'example.com', 'example.com', 'example.org', 'example.net']

export interface NamedPerson {
  first: string
  last: string
  /** In lower case, and unlike any given before. */
  email: string
}

/** Makes up people whose e-mails never repeat; `taken` are addresses in lower case to stay clear of. */
export function createNameMaker(random: Random, taken: Iterable<string>): () => NamedPerson {
  const used = new Map<string, number>([...taken].map((email) => [email, 1]))
  return () => {
    const first = random.pick(FIRST)
    const last = random.pick(LAST)
    const domain = random.pick(DOMAINS)
    const local = `${plainLetters(first)}.${plainLetters(last)}`
    const seen = used.get(`${local}@${domain}`) ?? 0
    used.set(`${local}@${domain}`, seen + 1)
    return { first, last, email: `${local}${seen === 0 ? '' : seen + 1}@${domain}` }
  }
}

function plainLetters(name: string): string {
  return name
    .replaceAll('ø', 'o')
    .replaceAll('ı', 'i')
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase()
}
