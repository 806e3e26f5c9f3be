import { type ArgumentMetadata, Injectable, ValidationPipe, type ValidationError } from '@nestjs/common';
import { type FieldProblem, InvalidRequestError } from './http.errors.js';
import { unshielded } from './shielded-parameters.js';
import { isTooDeep, MAX_DEPTH, storable, unstorableTexts } from './request-shape.js';

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** One problem per broken rule, with a JSON Pointer; never the value, which may be a secret. */
export function fieldProblems(errors: readonly ValidationError[], parent = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const pointer = `${parent}/${escapePointer(error.property ?? '')}`;
    const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
      pointer,
      detail:
        rule === 'whitelistValidation'
          ? 'is not a known field'
          : message.replace(new RegExp(`^${error.property} `), ''),
    }));
    return [...own, ...fieldProblems(error.children ?? [], pointer)];
  });
}

/**
 * Checks DTOs of our controllers: unknown fields are refused, every problem is named. Injectable, so that the oldest Nest 12 does not ask for
 * what the constructor of the class it extends takes.
 */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => {
        const problems = fieldProblems(errors);
        return new InvalidRequestError(
          problems.length > 0 ? problems : [{ pointer: '', detail: 'must be one JSON object' }],
        );
      },
    });
  }

  override async transform(value: unknown, given: ArgumentMetadata): Promise<unknown> {
    const metadata = unshielded(given);
    const { type } = metadata;
    // Nothing stored has such a name, and the database would refuse to look for it; the route gives its own answer for what is not there.
    if (type === 'param' && typeof value === 'string') return storable(value);
    if (type !== 'body' && type !== 'query') return super.transform(value, metadata);
    // A union or an interface leaves no class behind, and what has none would pass unseen.
    if (metadata.metatype === Object)
      throw new TypeError(`A ${type} is declared without a class to check it by`);
    if (isTooDeep(value)) {
      throw new InvalidRequestError([
        { pointer: '', detail: `must not be nested more than ${MAX_DEPTH} deep` },
      ]);
    }
    const result: unknown = await super.transform(value, metadata);
    const unstorable = unstorableTexts(value);
    if (unstorable.length === 0) return result;
    const detail = 'must be well-formed Unicode without the character NUL';
    throw new InvalidRequestError(unstorable.map((pointer) => ({ pointer, detail })));
  }
}
