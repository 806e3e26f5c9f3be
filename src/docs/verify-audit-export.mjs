// Verifies an exported audit log on any computer: `node verify-audit-export.mjs audit-log.jsonl` (or .csv). Needs Node 20 or later
// and nothing else; reads the file as a stream. What is computed here is written down in audit-verification.md.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';

const USAGE = `node verify-audit-export.mjs <export.jsonl|export.csv> [options]
  --after <sequence>:<hash>   the export begins after this entry (an archive, or a log whose beginning was archived)
  --filtered                  the export was filtered: gaps are no fault, each line is verified by itself
  --checkpoints <file>        signed checkpoints, one JSON object per line; each of the export's tenant must lie on the chain
  --public-key <file>         PEM of an Ed25519 key the checkpoints may be signed with; again for each earlier key`;

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || file.startsWith('--')) fail(USAGE, 2);
const options = optionsOf(rest);
let previous = { sequence: 0, hash: '0'.repeat(64) };
if (options.after !== undefined) {
  const [sequence, hash] = options.after.split(':');
  previous = { sequence: Number(sequence), hash };
}
const signed = readCheckpoints();
// Those of the export's tenant; the file of a host holds those of all its tenants.
let tenantId;
let checkpoints;
let compared = 0;
let verified = 0;
let gap = null;

for await (const { line, entry, canonical } of file.endsWith('.csv') ? csvEntries(file) : jsonEntries(file)) {
  const { sequence, previousHash, hash, ...body } = entry;
  tenantId ??= entry.tenantId;
  if (checkpoints === undefined) {
    checkpoints = checkpointsOf(tenantId);
    // The one of --after is in no line; what was signed of it is known all the same.
    compareSigned(previous, 'The entry of --after');
  }
  if (entry.tenantId !== tenantId)
    fail(
      `Line ${line}: entry ${sequence} is of tenant ${entry.tenantId}, the ones before are of ${tenantId}.`,
    );
  if (gap !== null) {
    // A number that is not where it belongs was either left out or moved: the rest of the file tells which.
    if (sequence === gap.expected)
      fail(`Line ${line}: entry ${sequence} is out of order; it belongs before line ${gap.line}.`);
    continue;
  }
  if (sequence <= previous.sequence)
    fail(`Line ${line}: entry ${sequence} is out of order, after entry ${previous.sequence}.`);
  if (sequence !== previous.sequence + 1 && !options.filtered) {
    gap = { line, expected: previous.sequence + 1, found: sequence };
    continue;
  }
  const text = canonical ?? canonicalJson(body);
  if (canonical !== undefined && canonicalJson(body) !== canonical)
    fail(`Line ${line}: the columns of entry ${sequence} are not what was hashed.`);
  const bytes = ['psa-connector audit entry v1', previousHash, sequence, text].join('\n');
  if (createHash('sha256').update(bytes, 'utf8').digest('hex') !== hash)
    fail(`Line ${line}: entry ${sequence} was changed; its content does not give its hash.`);
  if (sequence === previous.sequence + 1 && previousHash !== previous.hash)
    fail(`Line ${line}: entry ${sequence} does not follow from the entry before it.`);
  compareSigned({ sequence, hash }, `Line ${line}`);
  previous = { sequence, hash };
  verified += 1;
}
if (gap !== null) fail(`Line ${gap.line}: entries ${gap.expected} to ${gap.found - 1} are missing.`);
if (checkpoints === undefined && options.checkpoints !== undefined)
  fail(`${file} holds no entry: neither its tenant nor what was signed of it can be told.`);
for (const sequence of checkpoints?.keys() ?? []) {
  if (sequence > previous.sequence)
    fail(
      `The log ends with entry ${previous.sequence}, but entry ${sequence} was signed: the end is missing.`,
    );
}
process.stdout.write(
  `${verified} entries verified; the last is ${previous.sequence} with hash ${previous.hash}\n`,
);
if (options.checkpoints !== undefined) {
  const keys = options.publicKeys.length > 0 ? '' : ', whose keys were not compared (no --public-key)';
  process.stdout.write(`${compared} checkpoints compared${keys}\n`);
}

/** RFC 8785 for plain JSON: members sorted by UTF-16 code units, no white space. */
function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`).join(',')}}`;
}

async function* jsonEntries(path) {
  let line = 0;
  // Only LF ends a line: other line ends of Unicode may stand inside a text.
  for await (const text of linesOf(path)) {
    line += 1;
    if (text !== '') yield { line, entry: JSON.parse(text), canonical: undefined };
  }
}

async function* linesOf(path) {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
  yield rest;
}

async function* csvEntries(path) {
  let line = 0;
  for await (const cells of csvRows(path)) {
    line += 1;
    if (line === 1) continue;
    const [
      sequence,
      occurredAt,
      operation,
      outcome,
      actorId,
      actorName,
      connectionId,
      type,
      subjectId,
      label,
    ] = cells;
    const [correlationId, tenantId, id, details, previousHash, hash, canonical] = cells.slice(10);
    const body = JSON.parse(canonical);
    const shown = {
      id,
      occurredAt,
      operation: plain(operation, body.operation),
      outcome,
      actor: { id: plain(actorId, body.actor.id), name: plain(actorName, body.actor.name) },
      tenantId: plain(tenantId, body.tenantId),
      connectionId: connectionId === '' ? null : connectionId,
      subject: {
        type,
        id: subjectId === '' && body.subject.id === null ? null : plain(subjectId, body.subject.id),
        label: plain(label, body.subject.label),
      },
      details: JSON.parse(details),
      correlationId: plain(correlationId, body.correlationId),
    };
    yield { line, entry: { ...shown, sequence: Number(sequence), previousHash, hash }, canonical };
  }
}

// The protection against formulas puts an apostrophe before some cells; the hashed text shows what stood there.
function plain(cell, original) {
  return cell === `'${original}` ? original : cell;
}

/** RFC 4180: cells in quotes may hold line ends, and quotes as two quotes. */
async function* csvRows(path) {
  let [row, cell, quoted, closing] = [[], '', false, false];
  for await (const chunk of createReadStream(path, 'utf8')) {
    for (const sign of chunk) {
      if (quoted && closing && sign === '"') [cell, closing] = [`${cell}"`, false];
      else if (quoted && !closing) [cell, closing] = sign === '"' ? [cell, true] : [cell + sign, false];
      else {
        if (closing) [quoted, closing] = [false, false];
        if (sign === '"') quoted = true;
        else if (sign === ',') [row, cell] = [[...row, cell], ''];
        else if (sign === '\n') {
          yield [...row, cell];
          [row, cell] = [[], ''];
        } else if (sign !== '\r') cell += sign;
      }
    }
  }
}

/** Checkpoints of all tenants, each with a good signature. */
function readCheckpoints() {
  if (options.checkpoints === undefined) return [];
  const trusted = options.publicKeys.map((path) => createPublicKey(readFileSync(path)));
  return readFileSync(options.checkpoints, 'utf8')
    .split('\n')
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const { signature, publicKey, ...signed } = JSON.parse(text);
      const keys = trusted.length > 0 ? trusted : [createPublicKey(publicKey)];
      const bytes = Buffer.from(`psa-connector audit checkpoint v1\n${canonicalJson(signed)}`, 'utf8');
      if (!keys.some((key) => verify(null, bytes, key, Buffer.from(signature, 'base64'))))
        fail(
          `The signature of the checkpoint at entry ${signed.sequence} of tenant ${signed.tenantId} is wrong, or of a key that was not given (key id ${signed.keyId}).`,
        );
      return { ...signed, sequence: Number(signed.sequence) };
    });
}

/** By sequence; an entry may have been signed more than once. */
function checkpointsOf(tenantId) {
  const own = signed.filter((checkpoint) => checkpoint.tenantId === tenantId);
  if (own.length === 0 && options.checkpoints !== undefined)
    fail(`${options.checkpoints} holds no checkpoint of tenant ${tenantId}, whose log this is.`);
  const found = new Map();
  for (const one of own) found.set(one.sequence, [...(found.get(one.sequence) ?? []), one]);
  return found;
}

function compareSigned({ sequence, hash }, place) {
  for (const checkpoint of checkpoints.get(sequence) ?? []) {
    if (checkpoint.hash !== hash)
      fail(`${place}: entry ${sequence} is not the one that was signed on ${checkpoint.createdAt}.`);
    compared += 1;
  }
}

function optionsOf(words) {
  const found = { publicKeys: [] };
  while (words.length > 0) {
    const name = words.shift();
    if (name === '--filtered') found.filtered = true;
    else if (name === '--after') found.after = words.shift();
    else if (name === '--checkpoints') found.checkpoints = words.shift();
    else if (name === '--public-key') found.publicKeys.push(words.shift());
    else fail(USAGE, 2);
  }
  return found;
}

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
