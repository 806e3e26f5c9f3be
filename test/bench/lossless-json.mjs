/**
 * Parses pages of 500 rows as the client does and as the platform does, in turns within the same run, and prints the ratio of
 * the medians. Run it as `npm run bench:json`, which builds first.
 */
import { parseLosslessJson } from '../../dist/src/autotask/client/lossless-json.js';

const ROWS = 500;
const ROUNDS = 9;
const PARSES_PER_ROUND = 60;
const FIRST_ID = 29_683_664;

/** Rows as the vendor writes them: amounts with four decimals, days as midnight (Autotask REST reference, §2.3, §2.6). */
const PAGES = {
  contractServices: (n) =>
    `{"id":${FIRST_ID + n},"contractID":${FIRST_ID + (n % 50)},"serviceID":${100 + (n % 30)},` +
    '"invoiceDescription":"Microsoft 365 Business Premium (NCE, monthly)","internalDescription":null,' +
    `"unitPrice":${(18.7 + n / 100).toFixed(4)},"unitCost":${(15.1 + n / 100).toFixed(4)},` +
    `"internalCurrencyUnitPrice":${(18.7 + n / 100).toFixed(4)},"internalCurrencyAdjustedPrice":${(18.2 + n / 100).toFixed(4)}}`,
  contractServiceUnits: (n) =>
    `{"id":${FIRST_ID + n},"contractID":${FIRST_ID + (n % 50)},"contractServiceID":${FIRST_ID + n},"serviceID":${100 + (n % 30)},` +
    `"startDate":"2026-05-01T00:00:00Z","endDate":"2026-05-31T00:00:00Z","units":${n},` +
    `"price":${(n * 18.7).toFixed(4)},"cost":${(n * 15.1).toFixed(4)},"approveAndPostDate":null}`,
  companies: (n) =>
    `{"id":${FIRST_ID + n},"companyName":"Company \\"${n}\\" GmbH, Berlin","companyNumber":"C-${n}.5","companyType":1,` +
    `"isActive":true,"currencyID":1,"parentCompanyID":null,"webAddress":"https://company-${n}.example"}`,
};

const plain = (body) => JSON.parse(body);
const bySource = (body) =>
  JSON.parse(body, (_key, value, { source }) =>
    typeof value === 'number' && /[.eE]/.test(source) ? source : value,
  );

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

function microsecondsPerPage(parse, text) {
  const start = process.hrtime.bigint();
  for (let n = 0; n < PARSES_PER_ROUND; n += 1) parse(text);
  return Number(process.hrtime.bigint() - start) / 1000 / PARSES_PER_ROUND;
}

for (const [name, rowOf] of Object.entries(PAGES)) {
  const rows = Array.from({ length: ROWS }, (_, n) => rowOf(n)).join(',');
  const text = `{"items":[${rows}],"pageDetails":{"count":${ROWS},"requestCount":${ROWS},"prevPageUrl":null,"nextPageUrl":null}}`;
  const parsers = { plain, bySource, lossless: parseLosslessJson };
  const times = { plain: [], bySource: [], lossless: [] };
  for (const parse of Object.values(parsers)) microsecondsPerPage(parse, text);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [kind, parse] of Object.entries(parsers)) times[kind].push(microsecondsPerPage(parse, text));
  }
  const [fast, source, exact] = [median(times.plain), median(times.bySource), median(times.lossless)];
  console.log(
    `${name}: per page of ${ROWS} JSON.parse ${fast.toFixed(0)} µs, ours ${exact.toFixed(0)} µs (ratio ${(exact / fast).toFixed(2)}), ` +
      `platform's source access ${source.toFixed(0)} µs (ratio ${(source / fast).toFixed(2)})`,
  );
}
