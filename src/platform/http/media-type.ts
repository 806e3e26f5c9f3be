import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { HttpRequest } from './request-context.js';

/**
 * Refuses a body that is not JSON, whatever parsers the host has. Forms and plain text in particular: a browser sends them for any
 * site without asking. Routes that take files have them taken aside before (`UnreadCsvMiddleware`).
 * @throws UnsupportedMediaTypeException
 */
export function demandJson({ headers }: HttpRequest): void {
  const length = headers['content-length'];
  const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (!hasBody) return;
  const [mediaType = ''] = String(headers['content-type'] ?? '').split(';');
  if (mediaType.trim().toLowerCase() !== 'application/json') throw new UnsupportedMediaTypeException();
}
