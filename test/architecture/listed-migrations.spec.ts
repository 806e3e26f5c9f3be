import { describe, expect, it } from 'vitest';
import { PERSISTENCE_LISTS } from '../../src/psa-connector.persistence.js';
import { readSources } from './source-files.js';

describe('the list of migrations', () => {
  it('has every migration there is, in their order', () => {
    const names = readSources('migrations').map(({ text }) => /^export class (\w+)/m.exec(text)?.[1]);
    expect(PERSISTENCE_LISTS.migrations.map(({ name }) => name)).toEqual(names);
  });
});
