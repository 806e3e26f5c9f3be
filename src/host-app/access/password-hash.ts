import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * Cost of a new hash: OWASP's first choice for scrypt (N = 2^17, r = 8, p = 1; 128 MiB and some tenths of a second each). Argon2
 * of node:crypto is experimental and absent from the older Node releases the host runs on.
 */
export const PASSWORD_COST: PasswordCost = { logN: 17, r: 8, p: 1 };

export interface PasswordCost {
  logN: number;
  r: number;
  p: number;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each hash takes 128 MiB: more at once would let a flood of sign-ins take all memory. */
const MAX_AT_ONCE = 2;
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Hashes and verifies passwords, a few at a time; the hash carries its own cost, so that the cost can be raised later. */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Stands for the hash of an account that does not exist. No password makes it, so it takes none to make. */
  readonly #decoy: string;

  constructor(private readonly cost: PasswordCost = PASSWORD_COST) {
    this.#decoy = phcString(cost, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  }

  /** `$scrypt$ln=17,r=8,p=1$salt$hash` (PHC string format). */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.inTurn(() => deriveKey(password, salt, this.cost));
    return phcString(this.cost, salt, hash);
  }

  /**
   * Whether the password made the hash. Without a hash, and with one of a lower cost than today's, it takes as long, so that time does not
   * tell who has an account.
   */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const [, logN, r, p, salt = '', hash = ''] = FORM.exec(stored ?? this.#decoy) ?? [];
    if (logN === undefined) throw new TypeError('A stored password hash has an unknown form');
    const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
    const derived = await this.inTurn(async () => {
      const saltBytes = Buffer.from(salt, 'base64');
      const key = await deriveKey(password, saltBytes, cost);
      // Each doubles what was done so far, which ends at the work of today's cost.
      for (let more = cost.logN; more < this.cost.logN; more += 1) {
        await deriveKey(password, saltBytes, { ...cost, logN: more });
      }
      return key;
    });
    return timingSafeEqual(derived, Buffer.from(hash, 'base64')) && stored !== null;
  }

  /** Whether a hash was made with another cost than today's. */
  isOutdated(stored: string): boolean {
    const { logN, r, p } = this.cost;
    return !stored.startsWith(`$scrypt$ln=${logN},r=${r},p=${p}$`);
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.#running >= MAX_AT_ONCE) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      return;
    }
    this.#running += 1;
  }

  /** Hands the place on to who waits, so that nobody slips in between. */
  private leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

function deriveKey(password: string, salt: Buffer, { logN, r, p }: PasswordCost): Promise<Buffer> {
  const N = 2 ** logN;
  // The same letters can be written in several ways; people do not choose which (NIST SP 800-63B).
  const normal = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(normal, salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function phcString({ logN, r, p }: PasswordCost, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
