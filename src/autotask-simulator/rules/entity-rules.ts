import type { RowChanges } from '../world/table.js';
import { applyAdjustment } from './adjustments.js';
import { chargeRules } from './charge-rules.js';
import { contractRules, contractServiceRules } from './contract-rules.js';
import { companyRules, contactRules, opportunityRules } from './crm-rules.js';
import { currencyRules, priceListRules, serviceRules } from './price-rules.js';
import { ticketNoteRules, ticketRules } from './ticket-rules.js';
import type { EntityRules, WriteContext } from './write-context.js';

/** An adjustment answers no id although it worked (Autotask REST reference, §3, observed). */
const adjustmentRules: EntityRules = {
  create(context: WriteContext, values: RowChanges): null {
    applyAdjustment(context.database, values, context.now);
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
  TicketNotes: ticketNoteRules,
};
