import { Secret } from '../kernel/secret.js';
import type { Clock } from '../ports/host/clock.port.js';
import { PsaCredentialsRejectedError } from '../ports/psa/psa.errors.js';
import type {
  AccessCheckRequest,
  AccessCheckResult,
  CredentialField,
  OpenSessionRequest,
  PsaAdapter,
  PsaInstance,
} from '../ports/psa/psa-adapter.port.js';
import type { RequestBudget, RequestBudgetReader } from '../ports/psa/request-budget.port.js';
import type { RequestLedger } from '../ports/psa/request-ledger.port.js';
import type { RequestObserver } from '../ports/psa/request-observer.port.js';
import type { RequestSlots } from '../ports/psa/request-slots.port.js';
import type { PsaSession } from '../ports/psa/psa-session.port.js';
import { checkAutotaskAccess } from './access/autotask-access-check.js';
import type { AutotaskOptions } from './autotask-options.js';
import { AutotaskSession } from './autotask.session.js';
import { AllowedHosts } from './client/allowed-hosts.js';
import { AutotaskClient, type ClientServices } from './client/autotask-client.js';
import type { SignInFailure } from './client/failure-table.js';
import { HttpTransport } from './client/http-transport.js';
import { InstanceBudgets } from './client/instance-budgets.js';
import { InstanceCircuits } from './client/instance-circuits.js';
import { LocalRequestLedger } from './client/local-request-ledger.js';
import { LocalRequestSlots } from './client/local-request-slots.js';
import { discoverZone } from './client/zone-discovery.js';
import { autotaskMetadata } from './mapping/autotask-metadata.js';

/** What the installation supplies. Slots and ledger are shared by all its processes; each has its own where they are left out. */
export interface AdapterSurroundings {
  slots?: RequestSlots | undefined;
  ledger?: RequestLedger | undefined;
  observer?: RequestObserver | undefined;
}

/** Autotask PSA, spoken to through its REST API. One instance serves every connection; close it at shutdown. */
export class AutotaskAdapter implements PsaAdapter, RequestBudgetReader {
  readonly kind = 'autotask';
  readonly #options: AutotaskOptions;
  readonly #services: ClientServices;
  readonly #integrationCode: Secret | undefined;
  readonly #circuits: InstanceCircuits;

  constructor(options: AutotaskOptions, clock: Clock, { slots, ledger, observer }: AdapterSurroundings = {}) {
    this.#options = options;
    this.#circuits = new InstanceCircuits(options.circuit);
    this.#integrationCode =
      options.integrationCode === undefined ? undefined : new Secret(options.integrationCode);
    this.#services = {
      transport: new HttpTransport({
        allowedHosts: new AllowedHosts(options.allowedHosts, options.discoveryUrl),
        requestTimeoutMs: options.requestTimeoutMs,
      }),
      slots: slots ?? new LocalRequestSlots(),
      budgets: new InstanceBudgets(ledger ?? new LocalRequestLedger(), clock, options.limits),
      clock,
      observer,
    };
  }

  credentialFields(): CredentialField[] {
    return [
      { name: 'username', label: 'User name (key)', isSecret: false, isRequired: true },
      { name: 'secret', label: 'Secret', isSecret: true, isRequired: true },
      {
        name: 'integrationCode',
        label: 'Tracking identifier',
        isSecret: true,
        isRequired: this.#integrationCode === undefined,
      },
    ];
  }

  checkAccess(request: AccessCheckRequest, signal?: AbortSignal): Promise<AccessCheckResult> {
    const settings = {
      services: this.#services,
      discoveryUrl: this.#options.discoveryUrl,
      defaultIntegrationCode: this.#integrationCode,
    };
    return checkAutotaskAccess(settings, request, signal);
  }

  /** @throws PsaCredentialsRejectedError when there is no tracking identifier, or a value cannot be sent at all */
  openSession({ credentials, instance, purpose }: OpenSessionRequest): PsaSession {
    const integrationCode = credentials.integrationCode ?? this.#integrationCode;
    if (integrationCode === undefined) {
      throw new PsaCredentialsRejectedError(
        'The connection has no tracking identifier and the host has no default.',
        {
          context: { reason: 'integration_code' satisfies SignInFailure },
        },
      );
    }
    const { username, secret } = credentials;
    const circuit = this.#circuits.of(instance.id, instance.apiUrl);
    const client = new AutotaskClient(
      this.#services,
      { instanceId: instance.id, apiUrl: instance.apiUrl },
      { username, secret, integrationCode },
      { purpose, circuit, findZone: () => this.#zoneOf(username, instance) },
    );
    return new AutotaskSession(client, autotaskMetadata(instance.metadata), this.#options.retry);
  }

  /** Null when the user no longer belongs to this database: whatever is there is not what the connection is about. */
  async #zoneOf(username: string, instance: PsaInstance): Promise<string | null> {
    const { discoveryUrl } = this.#options;
    const zone = await discoverZone({ ...this.#services, discoveryUrl, username });
    return zone?.databaseId === instance.id ? zone.apiUrl : null;
  }

  read(instanceId: string): Promise<RequestBudget> {
    return this.#services.budgets.of(instanceId).read();
  }

  known(): ReadonlyMap<string, RequestBudget> {
    return this.#services.budgets.known();
  }

  /** Waits for requests under way, then closes the connections to Autotask. */
  async close(): Promise<void> {
    await this.#services.transport.close();
    await this.#services.budgets.close();
  }
}
