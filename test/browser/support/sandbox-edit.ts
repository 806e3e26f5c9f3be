import { ALL_RIGHTS, apiUser } from './api-users.js';
import type { UiSession } from './ui-session.js';

const DAY_MS = 86_400_000;

/**
 * Adds units to the line of a contract from the day before yesterday on, in the sandbox itself, as a person there would do it: a line takes
 * one adjustment a day, and ours are of today.
 */
export async function adjustByHand(
  ui: UiSession,
  connectionId: string,
  { contractId, serviceId }: { contractId: string; serviceId: string },
  unitChange: number,
): Promise<void> {
  const { instance } = await ui.callApi<{ instance: { apiUrl: string } }>(
    'GET',
    `connections/${connectionId}`,
  );
  const user = apiUser(ALL_RIGHTS);
  const day = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
  const base = instance.apiUrl.replace(/\/+$/, '').replace(/\/V1\.0$/i, '');
  const response = await fetch(`${base}/V1.0/ContractServiceAdjustments`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ApiIntegrationCode: user.integrationCode,
      UserName: user.userName,
      Secret: user.secret,
    },
    body: JSON.stringify({
      contractID: Number(contractId),
      serviceID: Number(serviceId),
      effectiveDate: `${day}T00:00:00Z`,
      unitChange,
    }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
