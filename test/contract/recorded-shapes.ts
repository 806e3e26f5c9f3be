/**
 * Answers in the very text Autotask gives, as far as they were recorded (Autotask REST reference; the section stands with each),
 * names and ids made up. Text, because parsing and printing would already change the numbers.
 */
export const RECORDED = {
  /** §7.17, a row as a client pasted it: amounts with four decimals, a day as midnight, a time with milliseconds. */
  billingItem:
    '{"items":[{"id":26039,"billingCodeID":29683502,"companyID":239,"contractID":29683363,"contractServiceID":null,"extendedPrice":386.6450,"internalCurrencyRate":100.0000,"invoiceID":0,"itemDate":"2021-12-01T00:00:00Z","nonBillable":0,"ourCost":205.9980,"postedOnTime":"2022-12-02T08:52:54.023Z","purchaseOrderNumber":"","quantity":3.1750,"taxDollars":0.0000,"webServiceDate":null}],"pageDetails":{"count":1,"requestCount":500,"prevPageUrl":null,"nextPageUrl":null}}',
  /** §2.4: a missing id is a 200. */
  missingItem: '{"item":null}',
  /** §3: an adjustment that worked. */
  writtenWithoutId: '{"itemId":null}',
  /** §3: a 200 that refuses. */
  refusedWith200:
    '{"itemId":null,"errors":["Reference value on field: contactID of type: Contact does not exist or is invalid"]}',
  /** §6: lines break with CR LF. */
  refusedOverLines: '{"errors":["First line.\\r\\nSecond line."]}',
  /** §2.1: ASP.NET's own words. */
  message: '{"Message":"The requested resource does not support http method \'GET\'."}',
  /** §6: a page of the web server, such as for a URL that is too long. */
  page: '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html><head><title>404 - File or directory not found.</title></head><body></body></html>',
  /** §2.6: the spelling of names differs between entities and versions. */
  otherCase:
    '{"items":[{"ID":174,"CompanyName":"Contoso","companytype":1,"IsActive":true,"CurrencyId":2}],"pageDetails":{"count":1,"requestCount":500,"prevPageUrl":null,"nextPageUrl":null}}',
  /** §4.1: live clients see words. */
  accessInWords:
    '{"info":{"name":"ContractService","canCreate":true,"canDelete":false,"canQuery":true,"canUpdate":true,"userAccessForCreate":"All","userAccessForDelete":"None","userAccessForQuery":"All","userAccessForUpdate":"Restricted","hasUserDefinedFields":false,"supportsWebhookCallouts":false}}',
  /** §4.1: the help page has numbers. */
  accessInNumbers:
    '{"info":{"name":"ContractService","canCreate":true,"canDelete":false,"canQuery":true,"canUpdate":true,"userAccessForCreate":1,"userAccessForDelete":0,"userAccessForQuery":1,"userAccessForUpdate":2,"hasUserDefinedFields":false,"supportsWebhookCallouts":false}}',
  /** §4.2: a pick list's values are text. */
  pickList:
    '{"fields":[{"name":"companyType","dataType":"integer","length":0,"isRequired":true,"isReadOnly":false,"isQueryable":true,"isReference":false,"referenceEntityType":"","isPickList":true,"picklistValues":[{"value":"1","label":"Customer","isDefaultValue":false,"sortOrder":1,"parentValue":"","isActive":true,"isSystem":true}],"picklistParentValueField":"","isSupportedWebhookField":false}]}',
  /** §2.6: the row's value of that list is a number; one client's fixture has a letter (§7.6). */
  contracts:
    '{"items":[{"id":1,"companyID":174,"contractName":"A","contractType":7,"status":1,"contractPeriodType":2,"startDate":"2026-01-01T00:00:00Z","endDate":"2026-12-31T00:00:00Z"},{"id":2,"companyID":174,"contractName":"B","contractType":7,"status":1,"contractPeriodType":"m","startDate":"2026-01-01T00:00:00","endDate":"2026-12-31"}],"pageDetails":{"count":2,"requestCount":500,"prevPageUrl":null,"nextPageUrl":null}}',
} as const;
