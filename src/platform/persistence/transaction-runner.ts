import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Transaction } from '../../kernel/transaction.js';
import { PSA_CONNECTOR_DATA_SOURCE } from './data-source.js';
import { rowsOf } from './sql.js';

/** Opens transactions for use cases; no network call may happen inside one. */
@Injectable()
export class TransactionRunner {
  readonly #dataSource: DataSource;

  constructor(@InjectDataSource(PSA_CONNECTOR_DATA_SOURCE) dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** Commits when `work` resolves, rolls back when it rejects. */
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#dataSource.transaction((manager) => work(manager as unknown as Transaction));
  }
}

/** The entity manager of an open transaction; for repositories only. */
export function managerOf(tx: Transaction): EntityManager {
  return tx as unknown as EntityManager;
}

/** Runs one statement and gives its rows. */
export type SqlQuery = <Row extends object>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** Statements inside an open transaction, for a host that changes tables of its own in it. */
export function statementsOf(tx: Transaction): SqlQuery {
  return <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    rowsOf<Row>(managerOf(tx), sql, parameters);
}
