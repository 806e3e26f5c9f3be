import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Group, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ContractLine, LineChoice } from '../../api/contract-lines.js';
import { findCompanies, findContracts, foundRecord, getContract } from '../../api/contracts.js';
import type { Action } from '../../components/use-action.js';
import { useMessages } from '../../messages/messages.js';
import { useApi } from '../../session.js';
import { RecordSelect } from './record-select.js';
import type { LineFilter } from './use-line-filter.js';

interface FilterProps {
  connectionId: string;
  choice: LineChoice;
  /** Of those shown, if any: it knows the name of its company. */
  firstLine: ContractLine | undefined;
  onDay: (day: string) => void;
  onFilter: (filter: LineFilter) => void;
  download: Action<[], void>;
}

function CompanyFilter({ connectionId, choice, firstLine, onFilter }: FilterProps): ReactNode {
  const { contractLines: text } = useMessages();
  const client = useApi();
  const [found, setFound] = useState<{ id: string; name: string } | null>(null);
  const id = choice.companyId;
  const known = [found, firstLine && { id: firstLine.company.externalId, name: firstLine.company.name }];
  return (
    <RecordSelect
      label={text.company}
      placeholder={text.anyCompany}
      queryKey={['companies', connectionId]}
      find={async (search, signal) =>
        (await findCompanies(client, connectionId, search, signal)).map((company) =>
          foundRecord(company, [company.number, company.currency]),
        )
      }
      chosen={id === undefined ? null : (known.find((one) => one?.id === id) ?? { id, name: id })}
      onChange={(company) => {
        setFound(company);
        onFilter(company === null ? {} : { companyId: company.id });
      }}
    />
  );
}

function ContractFilter({ connectionId, choice, onFilter }: FilterProps): ReactNode {
  const { contractLines: text } = useMessages();
  const client = useApi();
  const id = choice.contractId;
  const { data: contract } = useQuery({
    queryKey: ['contracts', connectionId, 'one', id],
    queryFn: ({ signal }) => getContract(client, connectionId, id ?? '', signal),
    enabled: id !== undefined,
  });
  return (
    <RecordSelect
      label={text.contract}
      placeholder={text.anyContract}
      queryKey={['contracts', connectionId, 'found']}
      find={async (search, signal) =>
        (await findContracts(client, connectionId, search, signal)).map((contract) =>
          foundRecord(contract, [contract.company.name, contract.number]),
        )
      }
      chosen={id === undefined ? null : { id, name: contract?.name ?? id }}
      onChange={(chosen) => onFilter(chosen === null ? {} : { contractId: chosen.id })}
    />
  );
}

/** Narrows the lines down; every change applies at once. One contract or one company: a contract has its company. */
export function ContractLinesFilter(props: FilterProps): ReactNode {
  const { contractLines: text } = useMessages();
  const { choice, download } = props;
  return (
    <Group component="search" aria-label={text.filters} align="flex-end" gap="sm">
      <TextInput
        type="date"
        label={text.asOf}
        value={choice.asOf}
        onChange={(event) => props.onDay(event.currentTarget.value)}
        w={{ base: '100%', sm: 180 }}
      />
      <CompanyFilter {...props} />
      <ContractFilter {...props} />
      <Button variant="default" loading={download.isPending} onClick={() => void download.run()}>
        {text.download}
      </Button>
    </Group>
  );
}
