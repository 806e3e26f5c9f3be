// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { Page } from '../api/page.js';
import { PagedList, usePages } from './paged-list.js';

type Read = (cursor: string | undefined) => Promise<Page<string>>;

function Names({ read }: { read: Read }): ReactNode {
  const pages = usePages(['names'], read);
  return (
    <PagedList pages={pages} none="Nobody yet." shown={(count) => `${count} names shown`}>
      {(names) => (
        <ul>
          {names.map((name) => (
            <li key={name}>{name}</li>
          ))}
        </ul>
      )}
    </PagedList>
  );
}

function show(read: Read): void {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        <Names read={read} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

const shownNames = (): string[] => screen.getAllByRole('listitem').map(({ textContent }) => textContent);

describe('PagedList', () => {
  afterEach(cleanup);

  it('reads on from the cursor of the page before, until there is none', async () => {
    show((cursor) =>
      Promise.resolve(
        cursor === undefined
          ? { items: ['Ada'], nextCursor: 'after Ada' }
          : { items: [`Grace, ${cursor}`], nextCursor: null },
      ),
    );
    await screen.findByText('1 names shown');
    screen.getByRole('button', { name: 'Load more' }).click();
    await screen.findByText('2 names shown');
    expect(shownNames()).toEqual(['Ada', 'Grace, after Ada']);
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('says that there is nothing', async () => {
    show(() => Promise.resolve({ items: [], nextCursor: null }));
    expect((await screen.findByText('Nobody yet.')).getAttribute('role')).toBe('status');
    expect(screen.queryByRole('list')).toBeNull();
  });

  it('keeps what it has when a further page fails, says so, and tries again', async () => {
    let failures = 1;
    show((cursor) => {
      if (cursor === undefined) return Promise.resolve({ items: ['Ada'], nextCursor: 'next' });
      if (failures-- > 0) return Promise.reject(new TypeError('fetch failed'));
      return Promise.resolve({ items: ['Grace'], nextCursor: null });
    });
    (await screen.findByRole('button', { name: 'Load more' })).click();
    await screen.findByRole('alert');
    expect(shownNames()).toEqual(['Ada']);
    screen.getByRole('button', { name: 'Try again' }).click();
    await screen.findByText('Grace');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
