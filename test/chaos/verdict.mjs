/** Compares what the vendor holds with what was intended; every difference in one sentence. */
export async function judge(world) {
  const problems = [];
  const operations = await world.rows(`
    SELECT operation.subscription_id AS subscription, operation.effective_on::text AS day, operation.state,
      (operation.step -> 'after' ->> 'units')::int - (operation.step -> 'before' ->> 'units')::int AS delta,
      operation.error_code AS error
    FROM psa_connector.billing_operation AS operation`);
  const intended = new Map();
  for (const { subscription, day, state, delta, error } of operations) {
    if (state === 'failed') problems.push(`${subscription} ${day}: failed with ${error}`);
    if (state === 'applied') intended.set(`${subscription} ${day}`, delta);
  }
  let carriedOut = 0;
  const byContract = Map.groupBy(world.adjustments.all(), ({ contractID }) => contractID);
  for (const line of world.lines) {
    const adjustments = byContract.get(line.contract.id) ?? [];
    carriedOut += adjustments.length;
    let units = 0;
    for (const adjustment of adjustments) {
      const key = `${line.subscriptionId} ${String(adjustment.effectiveDate).slice(0, 10)}`;
      const delta = Number(adjustment.unitChange);
      units += delta;
      if (!intended.has(key)) problems.push(`${key}: ${delta} was carried out and never intended, or twice`);
      else if (intended.get(key) !== delta) problems.push(`${key}: ${delta} instead of ${intended.get(key)}`);
      intended.delete(key);
    }
    if (units !== line.quantity)
      problems.push(`${line.subscriptionId}: ${units} units instead of ${line.quantity}`);
  }
  for (const [key, delta] of intended) if (delta !== 0) problems.push(`${key}: ${delta} was lost`);
  return { problems, carriedOut };
}
