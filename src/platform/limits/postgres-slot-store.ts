import type { SlotConnection, Statement } from './slot-connection.js';
import type { BucketLease, ReturnedSlot, SlotStore, TakeRequest, TakeResult } from './slot-store.js';

/** For how long a process that asked counts as waiting; it asks again well before. */
const WAIT_MS = 3_000;

/**
 * One statement, so that a call of a slot nobody has costs one round trip. What is safe rests on the row lock of `picked`, which looks
 * at the newest version of a row; what is fair (whose turn it is) may rest on a snapshot that is a moment old.
 * $1 bucket, $2 holder, $3 wanted, $4 slots of the bucket, $5 lease in ms, $6 channel
 */
const TAKE: Statement = {
  name: 'take_request_slot',
  text: `
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
waiters AS MATERIALIZED (
  SELECT w.holder, w.waiting_since FROM request_slot_waiter w, clock WHERE w.bucket = $1 AND w.expires_at > clock.now
),
contenders AS MATERIALIZED (
  SELECT holder, sum(held)::int AS held FROM (
    SELECT holder, 0 AS held FROM waiters
    UNION ALL SELECT $2::uuid, 0
    UNION ALL SELECT holder, 1 FROM request_slot, clock
      WHERE bucket = $1 AND taken_until > clock.now AND holder IS NOT NULL) AS everybody
  GROUP BY holder
),
even AS MATERIALIZED (SELECT ceil($4::numeric / count(*))::int AS share FROM contenders),
others AS MATERIALIZED (
  SELECT count(*)::int AS waiting,
    -- Whoever has an even share already lets later ones pass.
    count(*) FILTER (WHERE contenders.held < even.share AND waiters.waiting_since <
      coalesce((SELECT waiting_since FROM waiters WHERE holder = $2::uuid), (SELECT now FROM clock)))::int AS ahead
  FROM waiters JOIN contenders USING (holder), even WHERE waiters.holder <> $2::uuid
),
free AS MATERIALIZED (
  SELECT count(*)::int AS slots FROM request_slot, clock WHERE bucket = $1 AND taken_until <= clock.now
),
allowed AS MATERIALIZED (
  SELECT greatest(0, least($3::int, free.slots - others.ahead,
    CASE WHEN others.waiting = 0 THEN $3::int ELSE even.share - contenders.held END)) AS slots
  FROM free, others, even, contenders WHERE contenders.holder = $2::uuid
),
picked AS MATERIALIZED (
  SELECT slot FROM request_slot WHERE bucket = $1 AND taken_until <= clock_timestamp()
  ORDER BY slot LIMIT (SELECT slots FROM allowed) FOR UPDATE SKIP LOCKED
),
taken AS (
  UPDATE request_slot s SET holder = $2::uuid, lease = s.lease + 1, taken_until = clock_timestamp() + $5::int * interval '1 ms'
  FROM picked WHERE s.bucket = $1 AND s.slot = picked.slot RETURNING s.slot, s.lease
),
queued AS (
  INSERT INTO request_slot_waiter AS w (bucket, holder, waiting_since, expires_at)
  SELECT $1, $2::uuid, clock.now, clock.now + ${WAIT_MS} * interval '1 ms' FROM clock
  WHERE (SELECT count(*) FROM taken) < $3::int
  ON CONFLICT (bucket, holder) DO UPDATE SET expires_at = EXCLUDED.expires_at, waiting_since = CASE
    WHEN w.expires_at <= EXCLUDED.waiting_since OR EXISTS (SELECT FROM taken) THEN EXCLUDED.waiting_since ELSE w.waiting_since END
  RETURNING (xmax = 0) AS is_new
),
satisfied AS (
  DELETE FROM request_slot_waiter WHERE bucket = $1 AND holder = $2::uuid AND (SELECT count(*) FROM taken) >= $3::int
),
expired AS (
  DELETE FROM request_slot_waiter w USING (
    SELECT holder FROM request_slot_waiter, clock
    WHERE bucket = $1 AND holder <> $2::uuid AND expires_at <= clock.now FOR UPDATE OF request_slot_waiter SKIP LOCKED) AS gone
  WHERE w.bucket = $1 AND w.holder = gone.holder
)
SELECT others.waiting AS "othersWaiting", (SELECT count(*)::int FROM request_slot WHERE bucket = $1) AS existing,
  coalesce((SELECT json_agg(json_build_object('slot', slot, 'lease', lease::text)) FROM taken), '[]') AS granted,
  (SELECT ceil(extract(epoch FROM min(taken_until) - clock.now) * 1000)::int FROM request_slot
    WHERE bucket = $1 AND holder IS NULL AND taken_until > clock.now) AS "nextFreeMs",
  (SELECT pg_notify($6, 'wait ' || $2 || ' ' || $1) FROM queued WHERE is_new) AS told
FROM clock, others`,
};

const MAKE_SLOTS: Statement = {
  name: 'make_request_slots',
  text: `
INSERT INTO request_slot (bucket, slot, lease, taken_until)
SELECT $1, slot, 0, '-infinity' FROM generate_series(1, $2::int) AS slot ON CONFLICT DO NOTHING`,
};

const LEAVE: Statement = {
  name: 'leave_request_slot_line',
  text: 'DELETE FROM request_slot_waiter WHERE bucket = $1 AND holder = $2::uuid',
};

/** $1 buckets, $2 slots, $3 their leases, $4 holder, $5 their rests in ms, $6 channel; a row for each bucket that others wait for */
const GIVE_BACK: Statement = {
  name: 'give_back_request_slots',
  text: `
WITH freed AS (
  UPDATE request_slot s SET holder = NULL, taken_until = clock_timestamp() + given.rest_ms * interval '1 ms'
  FROM unnest($1::text[], $2::int[], $3::bigint[], $5::int[]) AS given (bucket, slot, lease, rest_ms)
  WHERE s.bucket = given.bucket AND s.slot = given.slot AND s.lease = given.lease AND s.holder = $4::uuid RETURNING s.bucket
),
others AS MATERIALIZED (
  SELECT bucket, count(*)::int AS waiting FROM request_slot_waiter
  WHERE bucket = ANY ($1::text[]) AND holder <> $4::uuid AND expires_at > clock_timestamp() GROUP BY bucket
)
SELECT bucket, waiting, (SELECT pg_notify($6, 'free ' || $4 || ' ' || bucket)
  WHERE EXISTS (SELECT FROM freed WHERE freed.bucket = others.bucket)) AS told FROM others`,
};

const RENEW: Statement = {
  name: 'renew_request_slots',
  text: `
UPDATE request_slot s SET taken_until = clock_timestamp() + $5::int * interval '1 ms'
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS held (bucket, slot, lease)
WHERE s.bucket = held.bucket AND s.slot = held.slot AND s.lease = held.lease AND s.holder = $4::uuid
RETURNING s.bucket, s.slot, s.lease::text`,
};

const WANTED: Statement = {
  name: 'wanted_request_slots',
  text: `
SELECT DISTINCT bucket FROM request_slot_waiter
WHERE bucket = ANY ($1::text[]) AND holder <> $2::uuid AND expires_at > clock_timestamp()`,
};

interface TakeRow extends TakeResult {
  /** Slots the bucket has; none until it is first used. */
  existing: number;
}

/** What is given back in one statement, and how many others wait for each bucket. */
interface Returns {
  slots: (ReturnedSlot & BucketLease)[];
  othersWaiting: PromiseWithResolvers<ReadonlyMap<string, number>>;
}

/** The slots of one process in Postgres; every instant in the tables is the database's own. */
export class PostgresSlotStore implements SlotStore {
  readonly #connection: SlotConnection;
  readonly #holder: string;
  readonly #leaseMs: number;
  #returns: Returns | null = null;

  constructor(connection: SlotConnection, holder: string, leaseMs: number) {
    this.#connection = connection;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
  }

  async take({ bucket, slots, wanted }: TakeRequest): Promise<TakeResult> {
    const { channel } = this.#connection;
    const values = [bucket, this.#holder, wanted, slots, this.#leaseMs, channel];
    const take = (): Promise<TakeRow[]> => this.#query<TakeRow>(TAKE, values);
    let [row] = await take();
    if (row?.existing === 0) {
      await this.#query(MAKE_SLOTS, [bucket, slots]);
      [row] = await take();
    }
    if (row === undefined) throw new Error('Postgres gave no answer about a request slot');
    return row;
  }

  async leave(bucket: string): Promise<void> {
    await this.#query(LEAVE, [bucket, this.#holder]);
  }

  async giveBack(bucket: string, returned: readonly ReturnedSlot[]): Promise<number> {
    if (this.#returns === null) {
      this.#returns = { slots: [], othersWaiting: Promise.withResolvers() };
      // What is given back in the same moment goes together: a process that rests lets go of hundreds of buckets.
      queueMicrotask(() => this.#sendReturns());
    }
    const { slots, othersWaiting } = this.#returns;
    slots.push(...returned.map((slot) => ({ ...slot, bucket })));
    return (await othersWaiting.promise).get(bucket) ?? 0;
  }

  async renew(leases: readonly BucketLease[]): Promise<BucketLease[]> {
    return this.#query<BucketLease>(RENEW, [
      leases.map(({ bucket }) => bucket),
      leases.map(({ slot }) => slot),
      leases.map(({ lease }) => lease),
      this.#holder,
      this.#leaseMs,
    ]);
  }

  async wantedByOthers(buckets: readonly string[]): Promise<string[]> {
    const rows = await this.#query<{ bucket: string }>(WANTED, [buckets, this.#holder]);
    return rows.map(({ bucket }) => bucket);
  }

  /** After what was given back before. */
  #query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    this.#sendReturns();
    return this.#connection.query<Row>(statement, values);
  }

  #sendReturns(): void {
    if (this.#returns === null) return;
    const { slots, othersWaiting } = this.#returns;
    this.#returns = null;
    const values = [
      slots.map(({ bucket }) => bucket),
      slots.map(({ slot }) => slot),
      slots.map(({ lease }) => lease),
      this.#holder,
      slots.map(({ restMs }) => Math.ceil(restMs)),
      this.#connection.channel,
    ];
    this.#connection
      .query<{ bucket: string; waiting: number }>(GIVE_BACK, values)
      .then((rows) => new Map(rows.map(({ bucket, waiting }) => [bucket, waiting])))
      .then(othersWaiting.resolve, othersWaiting.reject);
  }
}
