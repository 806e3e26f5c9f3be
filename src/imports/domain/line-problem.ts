/** Why a line was not taken. */
export interface LineProblem {
  /** As the file names it; null where it is the line as a whole. */
  column: string | null;
  /** Stable, such as `import.number_invalid`. */
  code: string;
  detail: string;
}

/** What is wrong with one line: it has one reason, the first that is found, and names the other columns. */
export class Problems {
  readonly list: LineProblem[] = [];

  add(column: string | null, code: string, detail: string): void {
    this.list.push({ column, code, detail });
  }

  /** Null when there are none. */
  get first(): LineProblem | null {
    const [first, ...others] = this.list;
    if (first === undefined || others.length === 0) return first ?? null;
    const names = others.map(({ column }) => column ?? '').join(', ');
    return { ...first, detail: `${first.detail} Also to be corrected in this line: ${names}.` };
  }
}

/** A value as a message quotes it. */
export function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
