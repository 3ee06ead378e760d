# What a word of the line means, for bash and zsh: `plain` without its quotes, with ~ and variables in their place, but
# nothing of it run. `quote` is the quote that is open at its end, and `passed` what bash leaves alone of `plain` when it
# completes: all up to that quote, or up to the last of its breaks.
_kubectl_argo_pods_read() {
  local rest=$1 char broken=
  plain= quote= passed=
  case $rest in \~ | \~/*) plain=$HOME rest=${rest#?} ;; esac
  while [[ -n $rest ]]; do
    char=${rest:0:1} rest=${rest:1}
    case $quote$char in
      [\'\"]) quote=$char passed=$plain ;;
      \'\' | \"\") quote= passed=$broken ;;
      \\) plain+=${rest:0:1} rest=${rest:1} ;;
      \"\\) case $rest in [\\\"\$\`]*) plain+=${rest:0:1} rest=${rest:1} ;; ?*) plain+=$char ;; esac ;;
      \$ | \"\$) _kubectl_argo_pods_variable ;;
      [:=])
        plain+=$char
        [[ ${COMP_WORDBREAKS-} != *$char* ]] || broken=$plain passed=$plain
        ;;
      *) plain+=$char ;;
    esac
  done
}

# $NAME and ${NAME}, whose $ is read; $(...) stays what it is.
_kubectl_argo_pods_variable() {
  local name=${rest#\{} taken
  name=${name%%[!a-zA-Z0-9_]*} taken=$name
  [[ $rest != \{* ]] || taken="{$name}"
  if [[ $name == [a-zA-Z_]* && $rest == "$taken"* ]]; then
    rest=${rest#"$taken"}
    eval "plain+=\${$name-}"
  else
    plain+=\$
  fi
}

