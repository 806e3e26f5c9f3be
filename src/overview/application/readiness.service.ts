import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { PSA_CONNECTOR_DATA_SOURCE } from '../../platform/persistence/data-source.js';
import { pendingMigrations } from '../../platform/persistence/migrate.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import { CLOCK, type Clock } from '../../ports/host/clock.port.js';
import { SecretVault } from '../../secrets/application/secret-vault.service.js';

export type CheckName = 'database' | 'migrations' | 'queue' | 'masterKey';

/** What a check found; `unknown` where another one that failed comes first. `code` is in the runbook. */
export type CheckResult =
  | { check: CheckName; state: 'ok' | 'unknown' }
  | { check: CheckName; state: 'failed'; code: string; detail: string };

const TIME_LIMIT_MS = 3_000;
/** Anyone may ask, and each check takes connections of the pool: who asks within this time is told the same. */
const RESULT_GOOD_MS = 1_000;
/** A master key that was there is asked for again after this long: a provider may ask a service that counts. */
const MASTER_KEY_GOOD_MS = 30_000;

const FAILURES: Readonly<Record<CheckName, { code: string; detail: string }>> = {
  database: { code: 'health.database_unavailable', detail: 'The database does not answer.' },
  migrations: {
    code: 'database.migrations_pending',
    detail: 'The schema is older than this release; run the migrations.',
  },
  queue: {
    code: 'health.queue_unavailable',
    detail: 'The job queue does not answer, or its tables are missing.',
  },
  masterKey: {
    code: 'secret.master_key_unavailable',
    detail: 'A master key is missing or unusable, so that stored credentials cannot be read.',
  },
};

/** Finds out whether this process can do its work, and if not, which part of it is missing. */
@Injectable()
export class Readiness implements OnModuleDestroy {
  readonly #logger = new Logger(Readiness.name);
  readonly #unfinished = new Map<CheckName, Promise<unknown>>();
  #latest: { checks: Promise<CheckResult[]>; goodUntil: number } | null = null;
  #masterKeyGoodUntil = 0;
  #isClosing = false;

  constructor(
    @InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) private readonly dataSource: DataSource,
    private readonly queue: JobQueue,
    private readonly vault: SecretVault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether the application is being closed: it takes no more work, whatever the checks say. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  onModuleDestroy(): void {
    this.#isClosing = true;
  }

  /** Every check in a fixed order, at most a second old; none says more than a stranger may know. */
  check(): Promise<CheckResult[]> {
    if (this.#latest !== null && this.clock.now().getTime() < this.#latest.goodUntil) {
      return this.#latest.checks;
    }
    // While it runs everybody waits for it.
    const latest = { checks: this.runAll(), goodUntil: Infinity };
    void latest.checks.finally(() => (latest.goodUntil = this.clock.now().getTime() + RESULT_GOOD_MS));
    this.#latest = latest;
    return latest.checks;
  }

  private async runAll(): Promise<CheckResult[]> {
    const database = await this.run('database', () => this.dataSource.query('SELECT 1'));
    const rest: [CheckName, () => Promise<unknown>][] = [
      ['migrations', () => this.checkMigrations()],
      ['queue', () => this.queue.check()],
      ['masterKey', () => this.checkMasterKey()],
    ];
    if (database.state === 'failed') {
      return [database, ...rest.map(([check]) => ({ check, state: 'unknown' as const }))];
    }
    return [database, ...(await Promise.all(rest.map(([check, work]) => this.run(check, work))))];
  }

  private async run(check: CheckName, work: () => Promise<unknown>): Promise<CheckResult> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`No answer within ${TIME_LIMIT_MS / 1000} s`)),
        TIME_LIMIT_MS,
      );
    });
    try {
      await Promise.race([this.started(check, work), tooLong]);
      return { check, state: 'ok' };
    } catch (error) {
      const { code, detail } = FAILURES[check];
      this.#logger.warn('Not ready', { check, code, reason: reasonOf(error) });
      return { check, state: 'failed', code, detail };
    } finally {
      clearTimeout(timer);
    }
  }

  /** What a database that hangs has not answered yet is waited for again: every new try would take one more connection from the pool. */
  private started(check: CheckName, work: () => Promise<unknown>): Promise<unknown> {
    const earlier = this.#unfinished.get(check);
    if (earlier !== undefined) return earlier;
    const begun = work().finally(() => this.#unfinished.delete(check));
    this.#unfinished.set(check, begun);
    return begun;
  }

  private async checkMigrations(): Promise<void> {
    const pending = await pendingMigrations(this.dataSource);
    if (pending.length > 0) throw new Error(`Pending: ${pending.join(', ')}`);
  }

  private async checkMasterKey(): Promise<void> {
    const now = this.clock.now().getTime();
    if (now < this.#masterKeyGoodUntil) return;
    await this.vault.check();
    this.#masterKeyGoodUntil = now + MASTER_KEY_GOOD_MS;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
