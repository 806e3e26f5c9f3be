import { PassThrough, type Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { UnreadBody } from '../../platform/http/unread-body.js';
import type { Upload } from '../application/import-upload.service.js';
import { BodyAlreadyReadError, OptionsInvalidError, UploadBrokenError } from '../domain/import.errors.js';
import { cleanName, optionsOf, type TextOptions } from './import-options.js';

const FORM = /^\s*multipart\/form-data\s*;/i;
const URL_ENCODED = /^\s*application\/x-www-form-urlencoded\b/i;
const DISPOSITION_NAME = /\bfilename\*?\s*=\s*(?:UTF-8'[^']*')?"?([^";]+)"?/i;
const MOST_FIELDS = 20;
const LONGEST_FIELD = 1_000;

/**
 * The file of a request: the body itself, or the file of a form; options of the form go before those of the query.
 * @throws UnsupportedMediaTypeException, BodyAlreadyReadError
 */
export function uploadOf(body: UnreadBody, query: TextOptions): Upload {
  const type = body.headers['content-type'] ?? '';
  const encoding = body.headers['content-encoding'] ?? 'identity';
  if (URL_ENCODED.test(type) || !/^(identity|gzip)$/i.test(encoding))
    throw new UnsupportedMediaTypeException();
  if (body.isRead) throw new BodyAlreadyReadError();
  return FORM.test(type) ? formUpload(body, type, query) : rawUpload(body, query);
}

function rawUpload({ headers, stream }: UnreadBody, { fileName, options }: TextOptions): Upload {
  const named = DISPOSITION_NAME.exec(headers['content-disposition'] ?? '')?.[1];
  const name = fileName ?? (named === undefined ? null : cleanName(decoded(named)));
  return { content: unbroken(stream), about: () => ({ fileName: name, options }) };
}

/** A body that ends before its declared end, or whose sender goes away, is no file. */
async function* unbroken(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw new UploadBrokenError('the connection was closed before all of it had come', cause);
  }
}

interface FormState {
  fields: Record<string, unknown>;
  fileName: string | null;
  files: number;
}

function formUpload({ headers, stream }: UnreadBody, type: string, query: TextOptions): Upload {
  const state: FormState = { fields: {}, fileName: null, files: 0 };
  return {
    content: fileOf(stream, { ...headers, 'content-type': type }, state),
    about: () => {
      const form = optionsOf(state.fields);
      if (form.problems.length > 0) throw new OptionsInvalidError(form.problems);
      return {
        fileName: form.fileName ?? state.fileName ?? query.fileName,
        options: { ...query.options, ...form.options },
      };
    },
  };
}

/** Bytes of the one file of a form; the whole form has been read, and found in order, when they end. */
async function* fileOf(
  stream: Readable,
  headers: UnreadBody['headers'] & { 'content-type': string },
  state: FormState,
): AsyncGenerator<Uint8Array> {
  const content = new PassThrough();
  const form = openForm(headers, state, content);
  const fail = (error: Error) => content.destroy(error);
  // Errors that come when the file is given up already are nobody's any more.
  content.on('error', () => undefined);
  stream.on('error', fail);
  stream.once('close', () => {
    if (!stream.readableEnded) fail(new Error('the connection was closed before all of it had come'));
  });
  form.on('error', fail);
  form.once('finish', () => {
    content.end();
  });
  stream.pipe(form);
  try {
    for await (const chunk of content) yield chunk as Uint8Array;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it is no form';
    throw new UploadBrokenError(reason, cause);
  } finally {
    stream.unpipe(form);
    // What is left of the body is discarded, so that the client can read the answer.
    stream.resume();
  }
  if (state.files !== 1) throw new UploadBrokenError(`the form holds ${state.files} files instead of one`);
}

function openForm(
  headers: UnreadBody['headers'] & { 'content-type': string },
  state: FormState,
  content: PassThrough,
): Busboy {
  let form: Busboy;
  try {
    form = new Busboy({
      headers,
      limits: { fields: MOST_FIELDS, fieldSize: LONGEST_FIELD },
      isPartAFile: (field, type, name) =>
        name !== undefined || field === 'file' || type === 'application/octet-stream',
    });
  } catch (cause) {
    throw new UploadBrokenError('it is no form, because its type names no boundary', cause);
  }
  form.on('file', (_field, file, name) => {
    state.files += 1;
    if (state.files > 1) return void file.resume();
    state.fileName = cleanName(name ?? '');
    file.on('error', (error: Error) => content.destroy(error));
    file.pipe(content, { end: false });
  });
  form.on('field', (name, value) => {
    state.fields[name] = Object.hasOwn(state.fields, name) ? [] : value;
  });
  return form;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
