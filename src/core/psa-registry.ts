import { Inject, Injectable } from '@nestjs/common';
import { ConnectorError } from '../kernel/connector-error.js';
import { PSA_ADAPTERS, type PsaAdapter } from '../ports/psa/psa-adapter.port.js';

/** No registered adapter has this kind. */
export class UnknownProviderError extends ConnectorError {
  constructor(kind: string, known: string[]) {
    super({
      code: 'connection.provider_unknown',
      category: 'invalid_input',
      detail: `There is no PSA adapter '${kind}'; use one of: ${known.join(', ')}.`,
    });
  }
}

/** Picks the adapter of a PSA by its kind. */
@Injectable()
export class PsaRegistry {
  readonly #adapters: ReadonlyMap<string, PsaAdapter>;

  constructor(@Inject(PSA_ADAPTERS) adapters: readonly PsaAdapter[]) {
    this.#adapters = new Map(adapters.map((adapter) => [adapter.kind, adapter]));
  }

  /** @throws UnknownProviderError */
  adapter(kind: string): PsaAdapter {
    const adapter = this.#adapters.get(kind);
    if (adapter === undefined) throw new UnknownProviderError(kind, [...this.#adapters.keys()]);
    return adapter;
  }
}
