import { MoneyDecimal } from '../../src/kernel/money.js';
import {
  aCompany,
  aContract,
  aContractService,
  aContractServiceUnit,
} from './builders/psa-records.builder.js';
import type { FakePsaAdapter } from './fakes/fake-psa-adapter.js';

/** Edits a PSA as a person at its own screens does, at random but the same for the same seed. */
export class PsaPerson {
  #state: number;
  readonly #highest = new Map<string, number>();

  constructor(
    private readonly psa: FakePsaAdapter,
    seed: number,
  ) {
    this.#state = seed;
  }

  /** An edit that change fields, new ids, or a contract that came in show. */
  editVisibly(at: Date): void {
    const { psa } = this;
    const text = `Edit ${this.below(1_000_000)}`;
    const edits = [
      () => psa.put('companies', { ...this.one(psa.records.companies), name: text }, at),
      () => psa.put('companies', aCompany({ externalId: this.nextId('companies'), name: text }), at),
      () => psa.put('contracts', { ...this.one(psa.records.contracts), name: text }, at),
      () => this.addContract(at),
      () => this.adjust(at),
      () => this.shorten(at),
    ];
    edits[this.below(edits.length)]?.();
  }

  /** An edit that only a full pull finds. */
  editInvisibly(at: Date): void {
    const { psa } = this;
    const edits = [
      () => {
        const line = this.one(psa.records.contractServices);
        psa.put('contractServices', { ...line, description: `Edit ${this.below(1_000_000)}` }, at);
      },
      () => psa.remove('companies', this.one(psa.records.companies).externalId),
      () => psa.remove('contractServiceUnits', this.one(psa.records.contractServiceUnits).externalId),
    ];
    edits[this.below(edits.length)]?.();
  }

  private addContract(at: Date): void {
    const { psa } = this;
    const contractExternalId = this.nextId('contracts');
    const contractServiceExternalId = this.nextId('contractServices');
    const parents = { contractExternalId, contractServiceExternalId };
    psa.put('contracts', aContract({ externalId: contractExternalId }), at);
    psa.put(
      'contractServices',
      aContractService({ externalId: contractServiceExternalId, contractExternalId }),
      at,
    );
    psa.put(
      'contractServiceUnits',
      aContractServiceUnit({ externalId: this.nextId('contractServiceUnits'), ...parents }),
      at,
    );
  }

  /** A new unit row; the line's price and another row of the contract change without a trace. */
  private adjust(at: Date): void {
    const { psa } = this;
    const line = this.one(psa.records.contractServices);
    const { contractExternalId } = line;
    const units = new MoneyDecimal(this.below(100));
    psa.put('contractServices', { ...line, unitPrice: new MoneyDecimal(this.below(5000)).div(100) }, at);
    const old = psa.records.contractServiceUnits.find((row) => row.contractExternalId === contractExternalId);
    if (old !== undefined) psa.put('contractServiceUnits', { ...old, units }, at);
    psa.put(
      'contractServiceUnits',
      aContractServiceUnit({
        externalId: this.nextId('contractServiceUnits'),
        contractExternalId,
        contractServiceExternalId: line.externalId,
        units,
      }),
      at,
    );
  }

  /** An edit of a contract that takes a unit row away; of few, what is left could not be told from a lost right. */
  private shorten(at: Date): void {
    const { psa } = this;
    const contract = this.one(psa.records.contracts);
    psa.put('contracts', { ...contract, name: `Shortened ${this.below(1_000_000)}` }, at);
    const rows = psa.records.contractServiceUnits.filter(
      (row) => row.contractExternalId === contract.externalId,
    );
    const [gone] = rows;
    if (gone !== undefined && rows.length > 3) psa.remove('contractServiceUnits', gone.externalId);
  }

  /** The PSA never gives an id twice, also after a deletion. */
  private nextId(entity: 'companies' | 'contracts' | 'contractServices' | 'contractServiceUnits'): string {
    const known = this.#highest.get(entity) ?? 0;
    const highest = Math.max(known, ...this.psa.records[entity].map(({ externalId }) => Number(externalId)));
    this.#highest.set(entity, highest + 1);
    return String(highest + 1);
  }

  private one<T>(rows: readonly T[]): T {
    const row = rows[this.below(rows.length)];
    if (row === undefined) throw new Error('There is nothing to edit');
    return row;
  }

  /** A whole number from 0, by the generator of Lehmer. */
  private below(limit: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % limit;
  }
}
