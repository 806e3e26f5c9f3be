import { approveAndPost, openItemsOf } from '../rules/approve-and-post.js';
import { invoiceItems } from '../rules/posting.js';
import { ControlInput } from './control-input.js';
import { badMember } from './control-problem.js';
import { type ControlAnswer, type ControlCall, type ControlRoute, databaseOf } from './control-route.js';

/** What people do with approved amounts: post a period, invoice posted items. */
export const postingRoutes: readonly ControlRoute[] = [
  { method: 'POST', path: '/databases/{ci}/postings', handle: post },
  { method: 'POST', path: '/databases/{ci}/invoices', handle: invoice },
];

function post(call: ControlCall): ControlAnswer {
  const database = databaseOf(call);
  const input = new ControlInput(call.body, ['until', 'contractID', 'what']);
  const contractId = input.whole('contractID', 0, Number.MAX_SAFE_INTEGER);
  if (contractId !== undefined && database.table('Contracts').get(contractId) === undefined) {
    throw badMember('/contractID', 'there is no such contract');
  }
  const what = input.oneOf('what', ['units', 'charges', 'all']) ?? 'all';
  const posted = approveAndPost(database, {
    until: input.must('until', input.day('until')),
    ...(contractId === undefined ? {} : { contractId }),
    areUnitsPosted: what !== 'charges',
    areChargesPosted: what !== 'units',
    at: call.target.clock.now(),
  });
  return {
    status: 201,
    body: {
      units: posted.units.length,
      charges: posted.charges.length,
      billingItemIDs: [...posted.units, ...posted.charges].map(({ id }) => id),
    },
  };
}

function invoice(call: ControlCall): ControlAnswer {
  const database = databaseOf(call);
  const input = new ControlInput(call.body, ['companyID', 'billingItemIDs']);
  const companyId = input.must('companyID', input.whole('companyID', 0, Number.MAX_SAFE_INTEGER));
  if (database.table('Companies').get(companyId) === undefined) {
    throw badMember('/companyID', 'there is no such company');
  }
  const open = openItemsOf(database, companyId).map(({ id }) => id);
  const wanted = input.ids('billingItemIDs') ?? open;
  const strange = wanted.find((id) => !open.includes(id));
  if (strange !== undefined) {
    throw badMember('/billingItemIDs', `${strange} is no item of this company that is still to be invoiced`);
  }
  if (wanted.length === 0)
    throw badMember('/companyID', 'this company has no item that is still to be invoiced');
  const { id, invoiceNumber } = invoiceItems(database, companyId, wanted, call.target.clock.now());
  return { status: 201, body: { id, invoiceNumber, billingItemIDs: wanted } };
}
