import { useCallback } from 'react';
import type { LineChoice } from '../../api/contract-lines.js';
import { useHashQuery } from '../../hash-location.js';

/** One contract, one company, or neither: a contract has its company. */
export type LineFilter = Pick<LineChoice, 'contractId' | 'companyId'>;

const CONTRACT = 'contract';
const COMPANY = 'company';

function queryOf({ contractId, companyId }: LineFilter): URLSearchParams {
  if (contractId !== undefined) return new URLSearchParams({ [CONTRACT]: contractId });
  return new URLSearchParams(companyId === undefined ? {} : { [COMPANY]: companyId });
}

/** Address of the lines of one contract. */
export function linesAddress(connectionId: string, contractId: string): string {
  return `/connectors/${connectionId}?${queryOf({ contractId }).toString()}`;
}

/** Whose lines are shown, as the address says. */
export function useLineFilter(): [LineFilter, (filter: LineFilter) => void] {
  const [query, replaceQuery] = useHashQuery();
  const set = useCallback((filter: LineFilter) => replaceQuery(queryOf(filter)), [replaceQuery]);
  const contractId = query.get(CONTRACT) ?? '';
  if (contractId !== '') return [{ contractId }, set];
  const companyId = query.get(COMPANY) ?? '';
  return [companyId === '' ? {} : { companyId }, set];
}
