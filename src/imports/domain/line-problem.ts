/** Why a line was not taken. */
export interface LineProblem {
  /** As the file names it; null where it is the line as a whole. */
  column: string | null;
  /** Stable, such as `import.number_invalid`. */
  code: string;
  detail: string;
}
