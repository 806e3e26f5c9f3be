import { ENTITY_CATALOGUE } from '../metadata/entity-catalogue.js';
import type { SecurityLevel } from './security-level.js';
import { Table } from './table.js';

/** Ranges that do not overlap, so that an id of the wrong entity is noticed; like real ones, they do not start at 1. */
const FIRST_IDS: Readonly<Record<string, number>> = {
  Companies: 174,
  Contacts: 30_684_001,
  Opportunities: 2_001,
  Resources: 29_682_885,
  Contracts: 29_683_700,
  ContractServices: 5_001,
  ContractServiceUnits: 900_001,
  ContractServiceBundles: 4_001,
  ContractServiceBundleUnits: 800_001,
  ContractCharges: 3_001,
  BillingItems: 260_001,
  Invoices: 70_001,
  Products: 51_001,
  ContractNotes: 670_001,
  CompanyNotes: 680_001,
  PriceListServices: 601,
  Tickets: 60_001,
  TicketNotes: 650_001,
};

/** An API user of one database; tests may change its state as an administrator would. */
export interface ApiUser {
  readonly userName: string;
  secret: string;
  integrationCode: string;
  securityLevel: SecurityLevel;
  /** Resource id the user's writes are attributed to; API-only users are not listed among Resources. */
  readonly resourceID: number;
  isActive: boolean;
  isLocked: boolean;
  failedSignIns: number;
}

export interface AutotaskDatabaseOptions {
  ci: number;
  zoneName: string;
  /** Number of the zone host, as in `webservices31`; part of the address, so it tells instances apart. */
  zoneNumber: number;
  isMultiCurrency: boolean;
}

/** One customer database of the vendor (`ci`): its tables, its API users, its request allowance. */
export class AutotaskDatabase {
  readonly ci: number;
  readonly zoneName: string;
  readonly zoneNumber: number;
  readonly isMultiCurrency: boolean;
  readonly users: ApiUser[] = [];
  /** Requests per rolling hour before the API is suspended. */
  requestThreshold = 10_000;
  /** Day the prices shown on contract services were last worked out for; empty before the first time. */
  pricesSettledOn = '';
  private readonly tables = new Map<string, Table>();

  constructor(options: AutotaskDatabaseOptions) {
    this.ci = options.ci;
    this.zoneName = options.zoneName;
    this.zoneNumber = options.zoneNumber;
    this.isMultiCurrency = options.isMultiCurrency;
    for (const entity of ENTITY_CATALOGUE.values())
      this.tables.set(entity.name, new Table(FIRST_IDS[entity.name]));
  }

  /**
   * The records of an entity, named as in its URL (`ContractServices`).
   *
   * @throws RangeError when the entity is not simulated.
   */
  table(entityName: string): Table {
    const table = this.tables.get(entityName);
    if (table === undefined) throw new RangeError(`entity '${entityName}' is not simulated`);
    return table;
  }

  /** Puts a table in the place of an entity's own, for worlds that are made on demand. */
  useTable(entityName: string, table: Table): void {
    this.tables.set(entityName, table);
  }

  userNamed(userName: string): ApiUser | undefined {
    const wanted = userName.toLowerCase();
    return this.users.find((user) => user.userName.toLowerCase() === wanted);
  }
}

/** Every database the simulator answers for. */
export class SimulatorWorld {
  constructor(readonly databases: readonly AutotaskDatabase[]) {}

  /** @throws RangeError when no database has this `ci`. */
  database(ci: number): AutotaskDatabase {
    const found = this.databases.find((database) => database.ci === ci);
    if (found === undefined) throw new RangeError(`there is no database ${ci}`);
    return found;
  }

  /** @throws RangeError when no database has this API user. */
  user(userName: string): ApiUser {
    const found = this.databases.flatMap((database) => database.userNamed(userName) ?? []).at(0);
    if (found === undefined) throw new RangeError(`there is no API user '${userName}'`);
    return found;
  }
}
