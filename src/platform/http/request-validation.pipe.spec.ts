import { IsOptional, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { InvalidRequestError } from './http.errors.js';
import { RequestValidationPipe } from './request-validation.pipe.js';

class BodyDto {
  @IsOptional()
  @IsString({ message: 'name must be a text' })
  name?: string;
}

describe('RequestValidationPipe', () => {
  const pipe = new RequestValidationPipe();
  const body = (value: unknown) => pipe.transform(value, { type: 'body', metatype: BodyDto });

  it('takes what the class allows, an absent body for an empty one', async () => {
    expect(await body({ name: 'x' })).toEqual({ name: 'x' });
    expect(await body(undefined)).toEqual({});
  });

  it.each([[{ name: 1 }], [{ other: 1 }], [{ name: 'a\0' }], [[1]], ['text']])(
    'refuses %j',
    async (value) => {
      await expect(body(value)).rejects.toThrow(InvalidRequestError);
    },
  );

  it('lets no body pass that has no class to be checked by', async () => {
    const unchecked = pipe.transform({}, { type: 'body', metatype: Object });
    await expect(unchecked).rejects.toThrow('without a class');
  });

  it('replaces what no column can keep in a part of the path', async () => {
    expect(await pipe.transform('a\0b', { type: 'param', metatype: String })).toBe('a\uFFFDb');
  });
});
