  # Ask the program, which knows the whole line and the cluster; if it does not answer, what stands below has to do.
  $asked = @($tokens | ForEach-Object { $_ -replace '^([''"])(.*)\1$', '$2' }) + ($wordToComplete -replace '^[''"]', '')
  # Before 7.3, PowerShell hands an empty argument on only if it is written with its quotes.
  $isOld = $PSVersionTable.PSVersion -lt [version]'7.3'
  $asked = @($asked | ForEach-Object { if ($isOld -and $_ -eq '') { '""' } else { $_ } })
  $answer = @(& kubectl-argo_pods __complete @asked 2>$null)
  if ($answer.Count -gt 0 -and $answer[-1] -match '^:(\d+)$') {
    $directive = [int]$Matches[1]
    $flag = if ($wordToComplete -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    $found = @($answer | Select-Object -SkipLast 1)
    if ($found.Count -gt 0 -or ($directive -band 4)) {
      return $found | ForEach-Object {
        $value, $note = $_ -split "`t", 2
        $text = $flag + $value
        # To PowerShell, a typographic quote is one like any other.
        if ($text -match '[^\w.:/=@%+-]') { $text = "'" + ($text -replace '[''\u2018-\u201b]', '$0$0') + "'" }
        if (-not ($directive -band 2)) { $text += ' ' }
        $tip = if ($note) { $note } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $tip)
      }
    }
  }

