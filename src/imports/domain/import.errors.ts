import { ConnectorError } from '../../kernel/connector-error.js';

/** No import of the tenant has this id. */
export class ImportNotFoundError extends ConnectorError {
  constructor() {
    super({ code: 'import.not_found', category: 'not_found', detail: 'There is no import with this id.' });
  }
}

/** The request holds no file, or one without a line. */
export class FileEmptyError extends ConnectorError {
  constructor() {
    super({
      code: 'import.file_empty',
      category: 'invalid_input',
      detail:
        'The file is empty. Send the export as the body, or as the file of a form (multipart/form-data).',
    });
  }
}

/** The file is no bill of a kind that is read: its header or its items name other columns. */
export class ColumnsUnknownError extends ConnectorError {
  constructor(found: readonly string[]) {
    const names = found.slice(0, 20).map((name) => name.trim().slice(0, 40));
    const seen =
      names.length === 0 ? 'no line that names columns of a bill' : `the columns ${names.join(', ')}`;
    super({
      code: 'import.format_unknown',
      category: 'invalid_input',
      detail:
        `The file has ${seen}. What is read are reconciliation lines and daily rated usage of Partner Center (CSV or JSON) and FOCUS 1.0 ` +
        'cost rows; check the file, or send delimiter and encoding.',
    });
  }
}

/** The file is larger than the installation takes. */
export class FileTooLargeError extends ConnectorError {
  constructor(limitBytes: number) {
    super({
      code: 'import.file_too_large',
      category: 'invalid_input',
      detail: `The file is larger than ${limitBytes} bytes, or expands to more. Split it by month or by customer.`,
    });
  }
}

/** The body broke off, or is no form although its type says so. */
export class UploadBrokenError extends ConnectorError {
  constructor(reason: string, cause?: unknown) {
    super({
      code: 'import.upload_broken',
      category: 'invalid_input',
      detail: `The upload cannot be read: ${reason}. Send the file again.`,
      cause,
    });
  }
}

/** A parser of the host has read the body as JSON before, and with it the digits of its numbers are gone. */
export class BodyAlreadyReadError extends ConnectorError {
  constructor() {
    super({
      code: 'import.body_already_read',
      category: 'invalid_input',
      detail:
        'This host reads bodies of this media type itself. Send the file as multipart/form-data, or as "Content-Type: application/octet-stream".',
    });
  }
}

/** Only the CSP and resellers import bills. */
export class ImportTierNotAllowedError extends ConnectorError {
  constructor() {
    super({
      code: 'import.tier_not_allowed',
      category: 'forbidden',
      detail: 'Only actors of tier csp or reseller may import bills.',
    });
  }
}

/** Another worker has taken the import over; this one stops and keeps nothing. */
export class ImportTakenOverError extends ConnectorError {
  constructor() {
    super({
      code: 'import.taken_over',
      category: 'internal',
      detail: 'Another worker has taken this import over.',
    });
  }
}

/** Every worker that read the file died of it, or hung until another one took its place. */
export class ImportGivenUpError extends ConnectorError {
  constructor(attempts: number) {
    super({
      code: 'import.given_up',
      category: 'conflict',
      detail:
        `The process that read the file ended ${attempts} times before it was done. Nothing of the file was kept. See in the ` +
        'log why the process ends, such as too little memory, and import the file again, split by invoice if it is large.',
    });
  }
}

/** Fields of the form have not the documented form. */
export class OptionsInvalidError extends ConnectorError {
  constructor(errors: { pointer: string; detail: string }[]) {
    super({
      code: 'request.invalid',
      category: 'invalid_input',
      detail: `The request is not valid: ${errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}.`,
      extensions: { errors },
    });
  }
}
