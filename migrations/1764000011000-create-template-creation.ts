import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Companies, services and contracts that are, or are to be, created in Autotask from a template: saved before they are sent, so that
 * a lost answer is looked up and never sent again blindly. Without an external id a creation is open; there is one of a subject.
 */
export class CreateTemplateCreation1764000011000 implements MigrationInterface {
  name = 'CreateTemplateCreation1764000011000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE template_creation (
        id uuid NOT NULL,
        connection_id uuid NOT NULL,
        kind text NOT NULL,
        subject_key text NOT NULL,
        reference text NOT NULL,
        record jsonb NOT NULL,
        external_id text,
        leased_until timestamptz(3) NOT NULL,
        started_at timestamptz(3) NOT NULL,
        CONSTRAINT template_creation_pk PRIMARY KEY (id),
        CONSTRAINT template_creation_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT template_creation_kind_ck CHECK (kind IN ('customer', 'offer', 'subscription'))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX template_creation_reference_uq ON template_creation (connection_id, kind, reference)`);
    await runner.query(`
      CREATE UNIQUE INDEX template_creation_open_uq ON template_creation (connection_id, kind, subject_key)
      WHERE external_id IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE template_creation');
  }
}
