import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How prices are made of costs where the platform does not say the price. */
export class CreateMarginRule1764000013100 implements MigrationInterface {
  name = 'CreateMarginRule1764000013100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE margin_rule (
        connection_id uuid NOT NULL,
        id text NOT NULL,
        method text NOT NULL,
        percent numeric NOT NULL,
        customer_id text,
        product_id text,
        sku_id text,
        charge_kind text,
        promotions text NOT NULL,
        not_above_erp boolean NOT NULL,
        not_below_list boolean NOT NULL,
        min_unit_price numeric,
        max_unit_price numeric,
        updated_at timestamptz(3) NOT NULL,
        updated_by_id text NOT NULL,
        updated_by_name text NOT NULL,
        CONSTRAINT margin_rule_pk PRIMARY KEY (connection_id, id),
        CONSTRAINT margin_rule_connection_fk FOREIGN KEY (connection_id) REFERENCES connection (id),
        CONSTRAINT margin_rule_method_ck CHECK (method IN ('markupOnList', 'erpMinusDiscount', 'splitMargin')),
        CONSTRAINT margin_rule_promotions_ck CHECK (promotions IN ('passOn', 'keep')),
        CONSTRAINT margin_rule_kind_ck CHECK (charge_kind IN ('license', 'usage', 'oneTime', 'fee', 'reservation')),
        CONSTRAINT margin_rule_percent_ck CHECK (percent BETWEEN 0 AND 1000 AND (method = 'markupOnList' OR percent <= 100)),
        CONSTRAINT margin_rule_sku_ck CHECK (sku_id IS NULL OR product_id IS NOT NULL),
        CONSTRAINT margin_rule_limit_ck CHECK (min_unit_price >= 0 AND max_unit_price >= 0 AND min_unit_price <= max_unit_price)
      )`);
    // Of two rules for the same things none could be told to count.
    await runner.query(`
      CREATE UNIQUE INDEX margin_rule_scope_uq ON margin_rule
        (connection_id, coalesce(customer_id, ''), coalesce(product_id, ''), coalesce(sku_id, ''), coalesce(charge_kind, ''))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE margin_rule');
  }
}
