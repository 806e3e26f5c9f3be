/*
 * Fields of the contract entities in the notation of `field-notation.ts`, in the order the vendor lists them.
 * Facts: Autotask REST reference, §7 and its field metadata (merged there from vendor Swaggers of 2020 and 2026 and live
 * metadata of 2019 and 2023). Members newer than 2020 have no known flags.
 */

export const CONTRACTS_FIELDS = `
  id long RO; billingPreference integer pick; billToCompanyContactID integer; billToCompanyID integer;
  companyID integer R RO >Company; contactID integer >Contact; contactName string(250);
  contractCategory integer pick; contractExclusionSetID integer; contractName string(100) R;
  contractNumber string(50); contractPeriodType integer RO pick; contractType integer R RO pick;
  description string(2000); endDate date R; estimatedCost double; estimatedHours double;
  estimatedRevenue double; exclusionContractID long RO >Contract;
  internalCurrencyOverageBillingRate double RO; internalCurrencySetupFee double RO; isCompliant boolean;
  isDefaultContract boolean; opportunityID integer >Opportunity;
  organizationalLevelAssociationID integer >OrganizationalLevelAssociation; overageBillingRate double;
  purchaseOrderNumber string(50); renewedContractID long; serviceLevelAgreementID integer pick;
  setupFee double; setupFeeBillingCodeID long; startDate date R; status integer R pick;
  timeReportingRequiresStartAndStopTimes integer R pick; lastModifiedDateTime datetime;
`;

export const CONTRACT_SERVICES_FIELDS = `
  id long RO; contractID integer R RO >Contract; internalCurrencyAdjustedPrice double RO;
  internalCurrencyUnitPrice double RO; internalDescription string(100); invoiceDescription string(1000);
  quoteItemID long RO >QuoteItem; serviceID integer R RO >Service; unitCost double; unitPrice double RO;
`;

export const CONTRACT_SERVICE_UNITS_FIELDS = `
  id long RO; approveAndPostDate datetime RO; contractID integer R RO >Contract;
  contractServiceID integer >ContractService; cost double RO; endDate date R RO;
  internalCurrencyPrice double RO;
  organizationalLevelAssociationID integer RO >OrganizationalLevelAssociation; price double RO;
  serviceID integer R RO >Service; startDate date R RO; units integer R RO;
  vendorCompanyID integer RO >Company;
`;

export const CONTRACT_SERVICE_ADJUSTMENTS_FIELDS = `
  id long RO; adjustedUnitCost double; adjustedUnitPrice double; allowRepeatService boolean;
  contractID integer >Contract; contractServiceID integer >ContractService; effectiveDate date R;
  quoteItemID integer >QuoteItem; serviceID integer >Service; unitChange integer;
`;

export const CONTRACT_SERVICE_BUNDLES_FIELDS = `
  id long RO; adjustedPrice double; contractID integer R RO >Contract;
  internalCurrencyAdjustedPrice double RO; internalCurrencyUnitPrice double RO;
  internalDescription string(100); invoiceDescription string(1000); quoteItemID long RO >QuoteItem;
  serviceBundleID integer R RO >ServiceBundle; unitPrice double;
`;

export const CONTRACT_SERVICE_BUNDLE_UNITS_FIELDS = `
  id long RO; approveAndPostDate datetime RO; contractID integer R RO >Contract;
  contractServiceBundleID integer RO >ContractServiceBundle; cost double RO; endDate date R RO;
  internalCurrencyPrice double RO;
  organizationalLevelAssociationID integer RO >OrganizationalLevelAssociation; price double RO;
  serviceBundleID integer R RO >ServiceBundle; startDate date R RO; units integer R RO;
`;

export const CONTRACT_CHARGES_FIELDS = `
  id long RO; billableAmount double RO; billingCodeID long >BillingCode; chargeType integer R pick;
  contractID long R >Contract; contractServiceBundleID long >ContractServiceBundle;
  contractServiceID long >ContractService; createDate datetime RO; creatorResourceID long RO >Resource;
  datePurchased date R; description string(2000); extendedCost double RO;
  internalCurrencyBillableAmount double RO; internalCurrencyUnitPrice double RO;
  internalPurchaseOrderNumber string(50); isBillableToCompany boolean; isBilled boolean RO;
  name string(100) R; notes string;
  organizationalLevelAssociationID integer RO >OrganizationalLevelAssociation; productID long >Product;
  purchaseOrderNumber string(50); status long RO pick; statusLastModifiedBy long RO;
  statusLastModifiedDate datetime RO; unitCost double; unitPrice double; unitQuantity double R;
`;

/** No metadata of it is known: members of the vendor's model, flags like those of ticket notes. */
export const CONTRACT_NOTES_FIELDS = `
  id long RO; contractID integer R RO >Contract; createDateTime datetime RO;
  creatorResourceID integer RO >Resource; description string(32000) R; impersonatorCreatorResourceID integer;
  impersonatorUpdaterResourceID integer; lastActivityDate datetime RO; title string(250) R;
`;
