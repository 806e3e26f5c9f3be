/** One pipeline of `bench:billing` in a process of its own; prints its figures as JSON. */
import { createReadStream } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import 'reflect-metadata';
import { parse } from 'csv-parse';
import { request } from 'undici';
import { startConnectorApp } from './connector.mjs';
import { measured } from './processes.mjs';

const { pipeline, file, databaseUrl } = JSON.parse(process.argv[2] ?? '{}');

async function parseAlone() {
  let lines = 0;
  const parser = createReadStream(file).pipe(parse({ bom: true, columns: false }));
  for await (const _ of parser) lines += 1;
  return { lines: lines - 1 };
}

/** From the first byte sent to the last line stored. */
async function importFile(app) {
  const { statusCode, body } = await request(`${app.apiUrl}/imports/partner-center`, {
    method: 'POST',
    headers: { authorization: 'Bearer bench', 'content-type': 'text/csv' },
    body: createReadStream(file),
    headersTimeout: 0,
  });
  const answer = await body.json();
  if (statusCode !== 202) throw new Error(`The upload was answered ${statusCode}: ${JSON.stringify(answer)}`);
  for (;;) {
    const { state, lines, error } = await app.call('GET', `/imports/${answer.id}`);
    if (state === 'failed') throw new Error(`The import failed: ${JSON.stringify(error)}`);
    if (state === 'succeeded') return lines;
    await wait(100);
  }
}

if (pipeline === 'csv-parse') {
  console.log(JSON.stringify(await measured(parseAlone)));
} else {
  const simulator = { discoveryUrl: 'http://127.0.0.1:9/', host: '127.0.0.1:9' };
  const app = await startConnectorApp({ databaseUrl, simulator });
  const result = await measured(() => importFile(app));
  await app.close();
  console.log(JSON.stringify(result));
}
