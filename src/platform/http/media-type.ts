import { SetMetadata, UnsupportedMediaTypeException } from '@nestjs/common';
import type { HttpRequest } from './request-context.js';

export const ACCEPTED_MEDIA_TYPES = 'psa-connector:accepted-media-types';
const JSON_ONLY: readonly string[] = ['application/json'];

/** Media types of the body a route takes, in lower case; without this a route takes JSON alone. */
export const AcceptsMediaTypes = (...mediaTypes: string[]) => SetMetadata(ACCEPTED_MEDIA_TYPES, mediaTypes);

/**
 * Refuses a body of another media type, whatever parsers the host has. Forms and plain text in particular: a browser sends them for
 * any site without asking.
 * @throws UnsupportedMediaTypeException
 */
export function demandMediaType({ headers }: HttpRequest, accepted: readonly string[] = JSON_ONLY): void {
  const length = headers['content-length'];
  const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (!hasBody) return;
  const mediaType = String(headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase();
  if (mediaType === undefined || !accepted.includes(mediaType)) throw new UnsupportedMediaTypeException();
}
