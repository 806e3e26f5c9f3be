import { IsIn } from 'class-validator';
import {
  BILLING_CYCLES,
  type BillingCycle,
  type Term,
  TERMS,
} from '../../ports/host/subscription-source.port.js';
import { IsExternalId, IsText, oneOf } from './field-rules.js';

/** What identifies an offer. */
export class OfferKeyDto {
  @IsExternalId('productId')
  productId!: string;

  @IsExternalId('skuId')
  skuId!: string;

  @IsText('segment', 50)
  segment!: string;

  @IsIn(TERMS, oneOf('term', TERMS))
  term!: Term;

  @IsIn(BILLING_CYCLES, oneOf('billingCycle', BILLING_CYCLES))
  billingCycle!: BillingCycle;
}
