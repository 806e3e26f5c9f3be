import { describe, expect, it } from 'vitest';
import { checkAgainst, checkOf, idsWith } from '../../../test/contract/scripted-access-check.js';
import { info } from '../../../test/contract/scripted-autotask.js';

describe('the rights part of an access check', () => {
  it('refuses a level without the right to post adjustments, and still names everything else', async () => {
    const result = await checkAgainst({
      answers: {
        'GET ContractServiceAdjustments/entityInformation': info('None'),
        'GET Tickets/entityInformation': info('None'),
      },
    });
    expect(result.refusal).toBe('access_insufficient');
    expect(result.report.capabilities).toEqual({ billing: false, crm: true, helpdesk: false });
    expect(idsWith(result, 'failed')).toEqual([
      'right.billing.ContractServiceAdjustments.create',
      'right.helpdesk.Tickets.query',
      'right.helpdesk.Tickets.create',
      'right.helpdesk.Tickets.update',
    ]);
    expect(checkOf(result, 'right.billing.ContractServiceAdjustments.create')).toMatchObject({
      capability: 'billing',
      entity: 'ContractServiceAdjustments',
      verb: 'create',
      found: 'None',
      remedy: expect.stringMatching(/Security Levels .* Contracts and grant Add/),
    });
    expect(idsWith(result, 'skipped')).toEqual([
      'read.Companies',
      'read.Contracts',
      'currency',
      'pick_lists',
    ]);
  });

  it('switches a capability off without refusing', async () => {
    const result = await checkAgainst({
      answers: {
        'GET Tickets/entityInformation': info('None'),
        'GET TicketNotes/entityInformation': info('None'),
      },
    });
    expect(result.report).toMatchObject({
      outcome: 'passed',
      capabilities: { billing: true, crm: true, helpdesk: false },
    });
  });

  it.each([
    ['None', 'failed', 'None'],
    [0, 'failed', 'None'],
    ['0', 'failed', 'None'],
    ['All', 'passed', 'All'],
    [1, 'passed', 'All'],
    ['all', 'passed', 'All'],
    ['Restricted', 'unknown', 'Restricted'],
    [2, 'unknown', 'Restricted'],
    ['Sometimes', 'unknown', 'not told'],
  ])('reads the access %j as %s', async (access, outcome, found) => {
    const result = await checkAgainst({ answers: { 'GET Opportunities/entityInformation': info(access) } });
    expect(checkOf(result, 'right.crm.Opportunities.create')).toMatchObject({ outcome, found });
    expect(result.report.capabilities.crm).toBe(outcome !== 'failed');
  });

  it('counts a verb that the API offers to nobody as missing only where it is needed', async () => {
    const result = await checkAgainst({
      answers: {
        'GET Companies/entityInformation': info('All', { canDelete: false, userAccessForDelete: 'None' }),
        'GET Contacts/entityInformation': info('All', { canDelete: false, userAccessForDelete: 'None' }),
      },
    });
    expect(idsWith(result, 'failed')).toEqual(['right.crm.Contacts.delete']);
    expect(checkOf(result, 'right.crm.Contacts.delete').detail).toContain('offers it to nobody');
  });

  it('takes a forbidden description for no right at all', async () => {
    const denied = {
      status: 500,
      body: { errors: ['The logged in Resource does not have the adequate permissions'] },
    };
    const result = await checkAgainst({ answers: { 'GET ContractCharges/entityInformation': denied } });
    expect(result.refusal).toBe('access_insufficient');
    expect(checkOf(result, 'right.billing.ContractCharges.delete')).toMatchObject({
      outcome: 'failed',
      found: 'None',
    });
  });

  it('does without an entity that only an optional capability needs', async () => {
    const absent = { status: 404, body: { Message: 'No HTTP resource was found.' } };
    const result = await checkAgainst({ answers: { 'GET TicketNotes/entityInformation': absent } });
    expect(result.report).toMatchObject({
      outcome: 'passed',
      capabilities: { billing: true, helpdesk: false },
    });
    expect(checkOf(result, 'right.helpdesk.TicketNotes.query').outcome).toBe('unknown');
  });

  it('does without an entity that is only pulled, says what is lost, and leaves it out of pulls', async () => {
    const result = await checkAgainst({
      answers: {
        'GET BillingItems/entityInformation': info('None'),
        'GET PriceListServices/entityInformation': { status: 404, body: { Message: 'No HTTP resource.' } },
      },
    });
    expect(result.report).toMatchObject({ outcome: 'passed', capabilities: { billing: true } });
    expect(checkOf(result, 'right.billing.BillingItems.query')).toMatchObject({
      outcome: 'failed',
      found: 'None',
      detail: 'May not query BillingItems. What was billed cannot be compared with what was expected.',
      remedy: expect.stringContaining('grant View for BillingItems'),
    });
    expect(checkOf(result, 'right.billing.PriceListServices.query')).toMatchObject({ outcome: 'unknown' });
    expect(result.instance?.metadata).toMatchObject({
      unreadableEntities: ['PriceListServices', 'BillingItems'],
    });
  });
});
