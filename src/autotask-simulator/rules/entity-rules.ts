import { type RowChanges, textOf } from '../world/table.js';
import { applyAdjustment } from './adjustments.js';
import { dayOf } from './calendar.js';
import { chargeRules } from './charge-rules.js';
import { contractRules, contractServiceRules } from './contract-rules.js';
import { companyNoteRules, companyRules, contactRules, opportunityRules } from './crm-rules.js';
import { currencyRules, priceListRules, productRules, serviceRules } from './price-rules.js';
import { instantText } from './record-values.js';
import { noteRules, ticketRules } from './ticket-rules.js';
import type { EntityRules, WriteContext } from './write-context.js';

/**
 * An adjustment answers no id although it worked (Autotask REST reference, §3, observed), and leaves a note on the contract
 * (§8.1); its wording is not known.
 */
const adjustmentRules: EntityRules = {
  create(context: WriteContext, values: RowChanges): null {
    const { database, user, now } = context;
    const line = applyAdjustment(database, values, now);
    const at = instantText(now.getTime());
    database.table('ContractNotes').insert({
      contractID: line['contractID'] ?? null,
      title: 'Service adjusted',
      description: `Units changed by ${textOf(values['unitChange'])} from ${dayOf(values['effectiveDate'])}.`,
      createDateTime: at,
      creatorResourceID: user.resourceID,
      lastActivityDate: at,
    });
    return null;
  },
};

/** Rules by entity name; an entity without an entry has only those of its metadata. */
export const ENTITY_RULES: Readonly<Record<string, EntityRules>> = {
  Companies: companyRules,
  Contacts: contactRules,
  Opportunities: opportunityRules,
  Contracts: contractRules,
  ContractServices: contractServiceRules,
  ContractServiceAdjustments: adjustmentRules,
  ContractCharges: chargeRules,
  Services: serviceRules,
  Currencies: currencyRules,
  PriceListServices: priceListRules,
  Tickets: ticketRules,
  TicketNotes: noteRules,
  ContractNotes: noteRules,
  CompanyNotes: companyNoteRules,
  Products: productRules,
};
