/*
 * Fields of the service and billing entities in the notation of `field-notation.ts`, in the order the vendor lists them.
 * Facts: Autotask REST reference, §7 and its field metadata (merged there from vendor Swaggers of 2020 and 2026 and live
 * metadata of 2019 and 2023). Members newer than 2020 have no known flags.
 */

export const SERVICES_FIELDS = `
  id long RO; billingCodeID integer R >BillingCode; createDate datetime RO;
  creatorResourceID integer RO >Resource; description string(400); invoiceDescription string(1000);
  isActive boolean; lastModifiedDate datetime RO; markupRate double RO; name string(100) R;
  periodType integer R pick; serviceLevelAgreementID long pick; unitCost double; unitPrice double R;
  updateResourceID integer RO >Resource; vendorCompanyID integer >Company; catalogNumberPartNumber string;
  externalID string; internalID string; manufacturerServiceProvider string;
  manufacturerServiceProviderProductNumber string; sku string(50); url string;
`;

export const PRODUCTS_FIELDS = `
  id long RO; billingType integer pick; chargeBillingCodeID integer >BillingCode;
  defaultVendorID integer >Company; description string(2000); doesNotRequireProcurement boolean;
  externalProductID string(50); impersonatorCreatorResourceID integer; internalProductID string(50);
  isActive boolean R; isEligibleForRma boolean; isSerialized boolean R; link string(500);
  manufacturerName string(100); manufacturerProductName string(50); markupRate double RO; msrp double;
  name string(100) R; periodType integer pick; priceCostMethod integer;
  productBillingCodeID integer R >BillingCode; productCategory integer pick; sku string(50); unitCost double;
  unitPrice double; vendorProductNumber string(50); createdByResourceID integer RO; createdTime datetime RO;
  defaultInstalledProductCategoryID integer;
`;

export const SERVICE_BUNDLES_FIELDS = `
  id long RO; billingCodeID integer R >BillingCode; createDate datetime RO;
  creatorResourceID integer RO >Resource; description string(200); invoiceDescription string(1000);
  isActive boolean; lastModifiedDate datetime RO; name string(100) R; percentageDiscount double;
  periodType integer R RO pick; serviceLevelAgreementID long pick; unitCost double RO; unitDiscount double;
  unitPrice double; updateResourceID integer RO >Resource; catalogNumberPartNumber string;
  externalID string; internalID string; manufacturerServiceProvider string;
  manufacturerServiceProviderProductNumber string; sku string(50); url string;
`;

export const BILLING_CODES_FIELDS = `
  id long RO; afterHoursWorkType integer; billingCodeType integer pick; department integer;
  description string(500); externalNumber string(100); generalLedgerAccount integer pick;
  isActive boolean R; isExcludedFromNewContracts boolean; markupRate double RO; name string(200);
  taxCategoryID integer >TaxCategory; unitCost double R; unitPrice double R; useType integer pick;
`;

export const BILLING_ITEMS_FIELDS = `
  id long RO; accountManagerWhenApprovedID integer RO >Resource; billingCodeID integer RO >BillingCode;
  billingItemType integer R RO pick; companyID integer RO >Company;
  configurationItemID long RO >ConfigurationItem; contractChargeID long RO >ContractCharge;
  contractID integer RO >Contract; description string(2000) RO; expenseItemID integer RO >ExpenseItem;
  extendedPrice double RO; internalCurrencyExtendedPrice double RO; internalCurrencyRate double RO;
  internalCurrencyTaxDollars double RO; internalCurrencyTotalAmount double RO;
  invoiceID integer RO >Invoice; itemApproverID integer RO >Resource; itemDate date RO;
  itemName string(255) RO; lineItemFullDescription string(8000) RO;
  lineItemGroupDescription string(8000) RO; lineItemID long RO; milestoneID long RO >ContractMilestone;
  nonBillable integer R RO; organizationalLevelAssociationID integer RO >OrganizationalLevelAssociation;
  ourCost double RO; postedDate date; postedOnTime datetime RO; projectChargeID long RO >ProjectCharge;
  projectID integer RO >Project; purchaseOrderNumber string(50) RO; quantity double RO; rate double RO;
  roleID integer RO >Role; serviceBundleID long RO >ServiceBundle; serviceID long RO >Service;
  subType integer R RO pick; taskID integer RO >Task; taxDollars double RO;
  ticketChargeID long RO >TicketCharge; ticketID integer RO >Ticket; timeEntryID integer RO >TimeEntry;
  totalAmount double RO; vendorID long RO >Company; webServiceDate datetime; contractBlockID integer;
  contractServiceAdjustmentID integer; contractServiceBundleAdjustmentID integer;
  contractServiceBundleID integer; contractServiceBundlePeriodID integer; contractServiceID integer;
  contractServicePeriodID integer; sortOrderID long; taxCategoryID integer;
`;

export const INVOICES_FIELDS = `
  id long RO; batchID integer RO; comments string(4000) RO; companyID integer RO >Company;
  createDateTime datetime RO; creatorResourceID integer RO >Resource; dueDate date RO; fromDate date RO;
  invoiceDateTime datetime R RO; invoiceEditorTemplateID integer RO >InvoiceTemplate;
  invoiceNumber string(100); invoiceTotal double RO; isVoided boolean RO; orderNumber string(20) RO;
  paidDate date; paymentTerm integer RO pick; taxGroup integer RO pick; taxRegionName string(200) RO;
  toDate date RO; totalTaxValue double RO; voidedByResourceID integer RO >Resource; voidedDate datetime RO;
  webServiceDate datetime; invoiceStatus integer; invoiceTaxMethodExternalCode string;
`;

export const CURRENCIES_FIELDS = `
  id long RO; currencyNegativeFormat string(10) R RO; currencyPositiveFormat string(10) R RO;
  description string(100) R RO; displaySymbol integer R RO pick; exchangeRate double R;
  isActive boolean R RO; isInternalCurrency boolean R RO; lastModifiedDateTime datetime;
  name string(3) R RO; updateResourceId integer RO >Resource;
`;

export const PRICE_LIST_SERVICES_FIELDS = `
  id long RO; currencyID integer R RO >Currency; serviceID integer R RO >Service; unitPrice double;
  usesInternalCurrencyPrice boolean R;
`;
