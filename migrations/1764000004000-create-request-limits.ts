import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Slots of concurrent requests and the use of the hourly allowance, shared by all replicas. */
export class CreateRequestLimits1764000004000 implements MigrationInterface {
  name = 'CreateRequestLimits1764000004000';

  async up(runner: QueryRunner): Promise<void> {
    // One row per slot, made when its bucket is first used. A slot is free once "taken_until" has passed; "lease" counts how often
    // it was given out, so that a holder that was too late cannot touch the lease of the next one.
    await runner.query(`
      CREATE TABLE request_slot (
        bucket text NOT NULL,
        slot smallint NOT NULL,
        holder uuid,
        lease bigint NOT NULL,
        taken_until timestamptz NOT NULL,
        CONSTRAINT request_slot_pk PRIMARY KEY (bucket, slot)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE request_slot_waiter (
        bucket text NOT NULL,
        holder uuid NOT NULL,
        waiting_since timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT request_slot_waiter_pk PRIMARY KEY (bucket, holder)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE request_allowance (
        instance text NOT NULL,
        request_limit integer NOT NULL,
        window_minutes integer NOT NULL,
        sampled_at timestamptz(3),
        closed_at timestamptz(3),
        closed_until timestamptz(3),
        closings integer NOT NULL,
        rest_ms integer NOT NULL,
        rest_raised_at timestamptz(3),
        CONSTRAINT request_allowance_pk PRIMARY KEY (instance)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE request_usage (
        instance text NOT NULL,
        starts_at timestamptz(3) NOT NULL,
        own integer NOT NULL,
        others integer NOT NULL,
        CONSTRAINT request_usage_pk PRIMARY KEY (instance, starts_at)
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE request_usage');
    await runner.query('DROP TABLE request_allowance');
    await runner.query('DROP TABLE request_slot_waiter');
    await runner.query('DROP TABLE request_slot');
  }
}
