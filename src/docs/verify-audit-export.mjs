// Verifies an exported audit log on any computer: `node verify-audit-export.mjs audit-log.jsonl` (or .csv). Needs Node 20 or later
// and nothing else; reads the file as a stream. What is computed here is written down in audit-verification.md.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';

const USAGE = `node verify-audit-export.mjs <export.jsonl|export.csv> [options]
  --after <sequence>:<hash>   the export begins after this entry (an archive, or a log whose beginning was archived)
  --filtered                  the export was filtered: gaps are no fault, each line is verified by itself
  --checkpoints <file>        signed checkpoints, one JSON object per line; each must lie on the chain
  --public-key <file>         PEM of the Ed25519 key the checkpoints must be signed with`;

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || file.startsWith('--')) fail(USAGE, 2);
const options = optionsOf(rest);
let previous = { sequence: 0, hash: '0'.repeat(64) };
if (options.after !== undefined) {
  const [sequence, hash] = options.after.split(':');
  previous = { sequence: Number(sequence), hash };
}
const checkpoints = readCheckpoints();
let verified = 0;
let gap = null;

for await (const { line, entry, canonical } of file.endsWith('.csv') ? csvEntries(file) : jsonEntries(file)) {
  const { sequence, previousHash, hash, ...body } = entry;
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
  const checkpoint = checkpoints.get(sequence);
  if (checkpoint !== undefined && checkpoint.hash !== hash)
    fail(`Line ${line}: entry ${sequence} is not the one that was signed on ${checkpoint.createdAt}.`);
  checkpoints.delete(sequence);
  previous = { sequence, hash };
  verified += 1;
}
if (gap !== null) fail(`Line ${gap.line}: entries ${gap.expected} to ${gap.found - 1} are missing.`);
for (const { sequence } of checkpoints.values()) {
  if (sequence > previous.sequence)
    fail(
      `The log ends with entry ${previous.sequence}, but entry ${sequence} was signed: the end is missing.`,
    );
}
process.stdout.write(
  `${verified} entries verified; the last is ${previous.sequence} with hash ${previous.hash}\n`,
);

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

/** Checkpoints by sequence, each with a good signature. */
function readCheckpoints() {
  if (options.checkpoints === undefined) return new Map();
  const trusted =
    options.publicKey === undefined ? undefined : createPublicKey(readFileSync(options.publicKey));
  const lines = readFileSync(options.checkpoints, 'utf8')
    .split('\n')
    .filter((text) => text.trim() !== '');
  return new Map(
    lines.map((text) => {
      const { signature, publicKey, ...signed } = JSON.parse(text);
      const key = trusted ?? createPublicKey(publicKey);
      const bytes = Buffer.from(`psa-connector audit checkpoint v1\n${canonicalJson(signed)}`, 'utf8');
      if (!verify(null, bytes, key, Buffer.from(signature, 'base64')))
        fail(`The signature of the checkpoint at entry ${signed.sequence} is wrong.`);
      return [Number(signed.sequence), { ...signed, sequence: Number(signed.sequence) }];
    }),
  );
}

function optionsOf(words) {
  const found = {};
  while (words.length > 0) {
    const name = words.shift();
    if (name === '--filtered') found.filtered = true;
    else if (name === '--after') found.after = words.shift();
    else if (name === '--checkpoints') found.checkpoints = words.shift();
    else if (name === '--public-key') found.publicKey = words.shift();
    else fail(USAGE, 2);
  }
  return found;
}

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
