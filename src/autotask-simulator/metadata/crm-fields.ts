/*
 * Fields of the CRM entities in the notation of `field-notation.ts`, in the order the vendor lists them.
 * Facts: Autotask REST reference, §7 and its field metadata (merged there from vendor Swaggers of 2020 and 2026 and live
 * metadata of 2019 and 2023). Members newer than 2020 have no known flags.
 */

export const COMPANIES_FIELDS = `
  id long RO; additionalAddressInformation string(100); address1 string(128); address2 string(128);
  alternatePhone1 string(25); alternatePhone2 string(25); apiVendorID integer; assetValue double;
  billToCompanyLocationID integer >CompanyLocation; billToAdditionalAddressInformation string(100) RO;
  billingAddress1 string(150) RO; billingAddress2 string(150) RO; billToAddressToUse integer RO pick;
  billToAttention string(50); billToCity string(50) RO; billToCountryID integer RO >Country;
  billToState string(128) RO; billToZipCode string(50) RO; city string(30); classification integer pick;
  companyName string(100) R; companyNumber string(50); companyType integer R pick;
  competitorID integer pick; countryID integer >Country; createDate datetime RO;
  createdByResourceID integer; currencyID integer >Currency; fax string(25);
  impersonatorCreatorResourceID integer; invoiceEmailMessageID integer; invoiceMethod integer pick;
  invoiceNonContractItemsToParentCompany boolean; invoiceTemplateID integer >InvoiceTemplate;
  isActive boolean; isClientPortalActive boolean RO; isEnabledForComanaged boolean;
  isTaskFireActive boolean RO; isTaxExempt boolean; lastActivityDate datetime RO;
  lastTrackedModifiedDateTime datetime; marketSegmentID integer pick; ownerResourceID integer R >Resource;
  parentCompanyID integer >Company; phone string(25) R; postalCode string(10); quoteEmailMessageID integer;
  quoteTemplateID integer >QuoteTemplate; sicCode string(32); state string(40); stockMarket string(10);
  stockSymbol string(10); surveyCompanyRating double RO; taxID string(50); taxRegionID integer >TaxRegion;
  territoryID integer pick; webAddress string(255); companyCategoryID integer;
  purchaseOrderTemplateID integer; isSample boolean;
`;

export const CONTACTS_FIELDS = `
  id long RO; additionalAddressInformation string(100); addressLine string(128); addressLine1 string(128);
  alternatePhone string(32); apiVendorID integer; bulkEmailOptOutTime datetime RO; city string(32);
  companyID integer R RO >Company; companyLocationID integer >CompanyLocation; countryID integer >Country;
  createDate datetime RO; emailAddress string(254); emailAddress2 string(254); emailAddress3 string(254);
  extension string(10); externalID string(50); facebookUrl string(200); faxNumber string(25);
  firstName string(50) R; impersonatorCreatorResourceID integer; isActive integer R;
  isOptedOutFromBulkEmail boolean; lastActivityDate datetime RO; lastModifiedDate datetime RO;
  lastName string(50) R; linkedInUrl string(200); middleInitial string(2); mobilePhone string(25);
  namePrefix integer pick; nameSuffix integer pick; note string(50); receivesEmailNotifications boolean;
  phone string(25); primaryContact boolean; roomNumber string(50); solicitationOptOut boolean RO;
  solicitationOptOutTime datetime RO; state string(40); surveyOptOut boolean RO; title string(50);
  twitterUrl string(200); zipCode string(16);
`;

/** No metadata of it is known: members of the vendor's model, flags like those of ticket notes. */
export const COMPANY_NOTES_FIELDS = `
  id long RO; actionType integer R pick; assignedResourceID integer R >Resource; companyID integer R RO >Company;
  completedDateTime datetime RO; contactID integer >Contact; createDateTime datetime RO; endDateTime datetime R;
  impersonatorCreatorResourceID integer; impersonatorUpdaterResourceID integer; lastModifiedDate datetime RO;
  name string(128); note string(32000); opportunityID integer >Opportunity; startDateTime datetime R;
`;

export const OPPORTUNITIES_FIELDS = `
  id long RO; advancedField1 double; advancedField2 double; advancedField3 double; advancedField4 double;
  advancedField5 double; amount double R; assessmentScore double RO; barriers string(500);
  closedDate datetime; companyID integer R >Company; contactID integer >Contact; cost double R;
  createDate datetime RO; creatorResourceID integer; description string; helpNeeded string(500);
  impersonatorCreatorResourceID integer; lastActivity datetime RO; leadSource integer pick;
  lossReason integer pick; lossReasonDetail string(500); lostDate datetime; market string(500);
  monthlyCost double; monthlyRevenue double; nextStep string(500); onetimeCost double;
  onetimeRevenue double; opportunityCategoryID integer;
  organizationalLevelAssociationID integer >OrganizationalLevelAssociation;
  ownerResourceID integer R >Resource; primaryCompetitor integer pick; probability integer R;
  productID integer >Product; projectedCloseDate date R; promisedFulfillmentDate date;
  promotionName string(50); quarterlyCost double; quarterlyRevenue double; rating integer pick;
  relationshipAssessmentScore double RO; revenueSpread integer; revenueSpreadUnit string pick;
  salesOrderID integer RO >SalesOrder; salesProcessPercentComplete integer RO; semiannualCost double;
  semiannualRevenue double; stage integer R pick; startDate date R; status integer R pick;
  technicalAssessmentScore double RO; throughDate date; title string(128) R; totalAmountMonths integer;
  useQuoteTotals boolean R; winReason integer pick; winReasonDetail string(500); yearlyCost double;
  yearlyRevenue double;
`;

export const RESOURCES_FIELDS = `
  id long RO; accountingReferenceID string(100); dateFormat string(20) RO pick;
  defaultServiceDeskRoleID long >Role; email string(254) R; email2 string(254); email3 string(254);
  emailTypeCode string(20) R pick; emailTypeCode2 string(20) pick; emailTypeCode3 string(20) pick;
  firstName string(50) R; gender string(1) pick; greeting integer pick; hireDate date R RO;
  homePhone string(25); initials string(32); internalCost double RO; isActive boolean R;
  lastName string(50) R; licenseType integer R; locationID integer R RO pick; middleName string(50);
  mobilePhone string(25); numberFormat string(20) R pick; officeExtension string(10);
  officePhone string(25); payrollType integer R pick; resourceType string(15) R pick; suffix integer pick;
  surveyResourceRating double RO; timeFormat string(20) RO pick; title string(50);
  travelAvailabilityPct string(15) pick; userName string(32) R; userType integer R RO pick;
`;
