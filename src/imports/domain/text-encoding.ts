import { isUtf8 } from 'node:buffer';

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type TextEncoding = (typeof ENCODINGS)[number];

/** Follows a file while it comes in and tells how its characters are encoded. */
export class EncodingEvidence {
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);
  #isUtf8 = true;

  /** Takes note of the next bytes; each piece must be longer than a character, but for the last. */
  observe(bytes: Buffer): void {
    if (this.#head.length < 4_096) this.#head = Buffer.concat([this.#head, bytes.subarray(0, 4_096)]);
    if (!this.#isUtf8) return;
    const whole = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const cut = endOfCharacters(whole);
    this.#isUtf8 = isUtf8(whole.subarray(0, cut));
    this.#tail = Buffer.from(whole.subarray(cut));
  }

  /** Of all that was observed. A byte order mark decides; else zero bytes show UTF-16, and what is no UTF-8 is of Windows. */
  get encoding(): TextEncoding {
    return markedEncoding(this.#head) ?? unmarkedEncoding(this.#head, this.#isUtf8 && isUtf8(this.#tail));
  }
}

function markedEncoding([first, second, third]: Buffer): TextEncoding | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : null;
}

function unmarkedEncoding(head: Buffer, isUtf8Text: boolean): TextEncoding {
  let evenZeros = 0;
  let oddZeros = 0;
  for (const [index, byte] of head.entries()) {
    if (byte === 0 && index % 2 === 0) evenZeros += 1;
    else if (byte === 0) oddZeros += 1;
  }
  const many = head.length / 4;
  if (oddZeros > many) return 'utf-16le';
  if (evenZeros > many) return 'utf-16be';
  return isUtf8Text ? 'utf-8' : 'windows-1252';
}

/** Where the last character that is complete ends; a character is at most four bytes. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
