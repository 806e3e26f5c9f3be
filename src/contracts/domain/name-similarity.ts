/** Words that say in what legal form a company trades, without dots; they differ between two spellings of one name. */
const LEGAL_FORMS = new Set(
  (
    'ab aps as asa ag anstalt bhd bv bvba co coop corp corporation company cv doo e ek ev gbr gesmbh gmbh ggmbh hf inc incorporated jsc ' +
    'kft kg kgaa kk ks limited llc llp lp ltd ltda mbh nv oo oohg ohg ou oy oyj plc pte pty pvt sa sab sae sarl sas sasu sl sp spa ' +
    'spk spolka srl sro ug uab und vof zoo z and et y'
  ).split(' '),
);

/** Letters that Unicode does not take apart into a plain letter and a mark. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  þ: 'th',
};

/** A name as two spellings of it have in common: no case, accents, punctuation or legal form. */
export function normalName(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[ßøæœłđþ]/g, (letter) => PLAIN[letter] ?? letter)
    .replaceAll(/[.'’`]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ');
  const end = words.findLastIndex((word) => !LEGAL_FORMS.has(word));
  return (end === -1 ? words : words.slice(0, end + 1)).join(' ');
}

/** Every run of three characters of a name, its ends included. */
export function trigramsOf(normal: string): Set<string> {
  const padded = `  ${normal} `;
  const grams = new Set<string>();
  for (let index = 0; index + 3 <= padded.length; index += 1) grams.add(padded.slice(index, index + 3));
  return grams;
}

/** Finds names alike to another in a set, without comparing it to each of them. */
export class NameIndex<T> {
  readonly #entries: { item: T; size: number; normal: string }[] = [];
  readonly #byGram = new Map<string, number[]>();

  constructor(items: Iterable<T>, nameOf: (item: T) => string) {
    for (const item of items) {
      const normal = normalName(nameOf(item));
      const grams = trigramsOf(normal);
      const position = this.#entries.push({ item, size: grams.size, normal }) - 1;
      for (const gram of grams) {
        const positions = this.#byGram.get(gram);
        if (positions === undefined) this.#byGram.set(gram, [position]);
        else positions.push(position);
      }
    }
  }

  /** Names of at least this similarity (Dice coefficient of the trigrams, 0 to 1; 1 is the same normal name). */
  similar(name: string, atLeast: number): { item: T; similarity: number }[] {
    const normal = normalName(name);
    const grams = trigramsOf(normal);
    // A counter per entry rather than a map: a run that every name has touches all of them.
    const shared = new Uint16Array(this.#entries.length);
    for (const gram of grams) {
      for (const position of this.#byGram.get(gram) ?? []) shared[position] = (shared[position] ?? 0) + 1;
    }
    return this.#entries.flatMap(({ item, size, normal: other }, position) => {
      const similarity = other === normal ? 1 : (2 * (shared[position] ?? 0)) / (grams.size + size);
      return similarity >= atLeast ? [{ item, similarity }] : [];
    });
  }
}
