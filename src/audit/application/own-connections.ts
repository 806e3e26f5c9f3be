import { Injectable } from '@nestjs/common';

/** Whether a connection with this id is of the tenant. */
type IsOwn = (tenantId: string, connectionId: string) => Promise<boolean>;

/** Which connections are a tenant's own, for entries made before a use case has looked. Connections lie above the log, so they tell it. */
@Injectable()
export class OwnConnections {
  #isOwn: IsOwn = () => Promise.resolve(false);

  learn(isOwn: IsOwn): void {
    this.#isOwn = isOwn;
  }

  has(tenantId: string, connectionId: string): Promise<boolean> {
    return this.#isOwn(tenantId, connectionId);
  }
}
