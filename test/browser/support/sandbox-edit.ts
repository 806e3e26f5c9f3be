import { ALL_RIGHTS, apiUser } from './api-users.js';
import type { UiSession } from './ui-session.js';

/** Adds units to the line of a contract from today on, in the sandbox itself, as a person there would do it. */
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
      effectiveDate: `${new Date().toISOString().slice(0, 10)}T00:00:00Z`,
      unitChange,
    }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
