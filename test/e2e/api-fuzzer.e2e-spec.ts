import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiFuzzer } from '../support/fuzz/api-fuzzer.js';
import type { FuzzRequest } from '../support/fuzz/fuzz-requests.js';

/** Answers that begin well. */
const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  '/whole': (response) => response.end('{}'),
  '/hanging': (response) => response.write('{'),
  '/broken': (response) => response.write('{', () => response.destroy()),
  '/events': (response) => {
    response.setHeader('Content-Type', 'text/event-stream');
    response.write('data: {}\n\n');
  },
};

describe('the fuzzer', () => {
  let server: Server;

  beforeAll(async () => {
    server = createServer((request, response) => ANSWERS[request.url ?? '']?.(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['whole', []],
    ['events', []],
    ['hanging', [expect.stringContaining('did not end within 500 ms')]],
    ['broken', [expect.stringContaining('/broken')]],
  ])('judges an answer that is %s', async (name, failures) => {
    const { port } = server.address() as AddressInfo;
    const fuzzer = new ApiFuzzer(`http://127.0.0.1:${port}`, 'token', 500);
    const request: FuzzRequest = {
      operation: name,
      method: 'GET',
      path: [name],
      query: '',
      headers: {},
      body: undefined,
    };
    expect((await fuzzer.run([request])).failures).toEqual(failures);
  });
});
