import { Injectable, type PipeTransform } from '@nestjs/common';
import { ConnectorError } from '../../kernel/connector-error.js';
import { isId } from '../../kernel/ids.js';

/** Nothing with this id exists for the caller; also raised for what belongs to another tenant. */
export class NotFoundError extends ConnectorError {
  constructor(what: string, code: string) {
    super({ code, category: 'not_found', detail: `There is no ${what} with this id.` });
  }
}

/** A path parameter that must be one of our ids; anything else cannot name a row, so it is not found. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isId(value)) throw new NotFoundError('record', 'request.unknown_id');
    return value;
  }
}
