# Copy this file to NAME.hcl, put the customer's name in place of NAME, and add a
# rule to rules/20-customers.hcl and a test. Files that begin with _ are not read.
channel "email" "NAME" {
  when = "event.data.customer == 'NAME' and event.data.tell == 'now' and event.severity >= 'WARNING'"
  host = "mail.hosting.example"
  tls  = "none"
  from = "Hosting <hub@hosting.example>"
  to   = "it@NAME.example"
}
