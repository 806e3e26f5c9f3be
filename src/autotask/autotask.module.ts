import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type ModuleMetadata,
  type OnModuleDestroy,
} from '@nestjs/common';
import { REQUEST_LEDGER, type RequestLedger } from '../ports/psa/request-ledger.port.js';
import { REQUEST_OBSERVER, type RequestObserver } from '../ports/psa/request-observer.port.js';
import { REQUEST_SLOTS, type RequestSlots } from '../ports/psa/request-slots.port.js';
import { CLOCK, type Clock } from '../ports/host/clock.port.js';
import { AUTOTASK_OPTIONS, type AutotaskOptions } from './autotask-options.js';
import { AutotaskAdapter } from './autotask.adapter.js';

export interface AutotaskModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  inject?: NonNullable<FactoryProvider['inject']>;
  useFactory: FactoryProvider<AutotaskOptions>['useFactory'];
}

const optional = (token: symbol) => ({ token, optional: true });

/**
 * Provides the `AutotaskAdapter` and closes its connections when the host shuts down. Needs the token `CLOCK` to be visible; limits are those of this
 * process alone unless `REQUEST_SLOTS` and `REQUEST_LEDGER` are visible too.
 */
@Module({})
export class AutotaskModule implements OnModuleDestroy {
  readonly #adapter: AutotaskAdapter;

  constructor(@Inject(AutotaskAdapter) adapter: AutotaskAdapter) {
    this.#adapter = adapter;
  }

  static forRootAsync(options: AutotaskModuleAsyncOptions): DynamicModule {
    return {
      module: AutotaskModule,
      imports: options.imports ?? [],
      providers: [
        { provide: AUTOTASK_OPTIONS, inject: options.inject ?? [], useFactory: options.useFactory },
        {
          provide: AutotaskAdapter,
          inject: [
            AUTOTASK_OPTIONS,
            CLOCK,
            optional(REQUEST_SLOTS),
            optional(REQUEST_LEDGER),
            optional(REQUEST_OBSERVER),
          ],
          useFactory: (
            values: AutotaskOptions,
            clock: Clock,
            slots: RequestSlots | undefined,
            ledger: RequestLedger | undefined,
            observer: RequestObserver | null | undefined,
          ) => new AutotaskAdapter(values, clock, { slots, ledger, observer: observer ?? undefined }),
        },
      ],
      exports: [AutotaskAdapter],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.#adapter.close();
  }
}
