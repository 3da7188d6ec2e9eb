-- Each is answered by another index as well: by (subject, epoch), and by (page_id, slot). One page of the log less for each page and each delivery.
DROP INDEX pages_open;
DROP INDEX deliveries_of_page;
